"""The model card: what a detector learned from and under which licences, how it was trained, and how it does."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lessonproof.models.training.pictures import LabelledPicture, Part

_SCENES = "whole scenes (cameras, or single photographs)"


def model_card(
    name: str, checkpoint: Mapping[str, Any], pictures: Sequence[LabelledPicture], sources: Path, figures: str
) -> str:
    """The card in Markdown.

    Args:
        name: of the weights.
        checkpoint: what ``train.read_checkpoint`` gave.
        pictures: all labelled pictures.
        sources: ``SOURCES.csv``.
        figures: what ``evaluate`` printed.
    """
    plan = checkpoint["plan"]
    small_until = plan["schedule"]["small_until"]
    steps, minutes = checkpoint["step"], checkpoint["spent_s"] / 60
    return "\n".join(
        [
            f"# Model card: {name}",
            "",
            "A small YOLO (the layers of Ultralytics' YOLOv8) with the classes person and head, trained from random",
            "weights by `python -m lessonproof.models.training`. Licence: AGPL-3.0-only. It knows no faces and tells",
            "nobody from anybody else.",
            "",
            "## Training",
            "",
            f"- {steps} steps of {plan['batch_size']} squares, {minutes:.0f} minutes of wall time on a shared CPU,",
            f"  input {plan['recipe']['size_px']} px, smaller squares in the first {small_until:.0%} of the time,",
            f"  width {plan['width']}, seed {plan['seed']}.",
            f"- AdamW, learning rate up to {plan['schedule']['peak_rate']:g}, warm-up, half a cosine down; the moving",
            "  average of the weights is what is shipped.",
            "- Mosaics of four pictures, zooms, mirroring, colours, grey, blur. The loss of a class is switched off",
            "  where that class is not labelled.",
            "",
            "## Pictures",
            "",
            f"Divided by {_SCENES}: of those held back the counting interval is fitted,",
            "those for testing are only reported. The pictures are not part of this project.",
            "",
            "| set | labelled | learned | held back | test | source | licence |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *_source_rows(pictures, sources),
            "",
            "## Figures",
            "",
            "Pictures that were never learned from. `error`: mean absolute error of the count, people; `zero`: that of",
            "someone who always says nobody is there; `covered`: share of intervals that hold the truth.",
            "",
            "```",
            figures.rstrip("\n"),
            "```",
            "",
        ]
    )


def _source_rows(pictures: Sequence[LabelledPicture], sources: Path) -> list[str]:
    counts = Counter((picture.set_name, picture.part) for picture in pictures)
    with sources.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        "| "
        + " | ".join(
            [
                row["set"],
                row["classes_labelled"],
                *(str(counts[row["set"], part]) for part in (Part.TRAIN, Part.HELD, Part.TEST)),
                f"{row['repo']} @ {row['commit']}".replace("|", "/"),
                row["licence"].replace("|", "/"),
            ]
        )
        + " |"
        for row in rows
    ]
