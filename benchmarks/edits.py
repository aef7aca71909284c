"""How well edits are found: lessons rendered from seeds, analysed, and scored against their truth.

``python -m benchmarks.edits --seeds 5000:5012`` prints recall by kind, the border error and false alarms per hour.
Thresholds were chosen on seeds below 1000 only; any other range is held out.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.lessons.render import render_lesson
from benchmarks.lessons.spec import Edit, EditKind, Encoding, HonestEvent, HonestKind, LessonSpec, SceneKind
from benchmarks.scoring import SAME_EVENT, Score, edits_of_findings, edits_of_truth, score
from lessonproof.evidence.codec import findings_document
from lessonproof.workers.pipeline import AnalysisSettings, analyse_recording

LESSON_S: Final = 90.0
HONEST_LESSON_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Result:
    """One lesson: its score, and whether the analysis said that it looked for cuts throughout."""

    seed: int
    minutes: float
    outcome: Score
    checked: frozenset[str]


def spec_for(seed: int) -> LessonSpec:
    """A lesson with one edit of each kind that this version tells, and all honest events, everything else random."""
    draw = random.Random(seed)
    size = draw.choice([(640, 360), (1280, 720)])
    codec = draw.choice(["h264", "h265"]) if size[1] < 720 else "h264"
    edits = (
        Edit(EditKind.CUT, draw.uniform(10, 14), draw.choice([3.0, 10.0, 20.0])),
        Edit(EditKind.FREEZE, draw.uniform(36, 39), draw.uniform(3, 8)),
        Edit(EditKind.BLACK, draw.uniform(49, 52), draw.uniform(1, 5)),
        Edit(EditKind.AUDIO_GAP, draw.uniform(58, 60), draw.uniform(3, 5)),
        Edit(EditKind.GAP, draw.uniform(66, 68), draw.uniform(1, 5)),
    )
    honest = (
        HonestEvent(HonestKind.LIGHTS_OFF, draw.uniform(2, 4), draw.uniform(1, 3)),
        HonestEvent(HonestKind.KNOCK, draw.uniform(75, 78)),
        HonestEvent(HonestKind.WALKER_CLOSE, draw.uniform(82, 85)),
    )
    encoding = Encoding(
        codec=codec,
        gop=draw.choice([25, 50, 100, 250]),
        container=draw.choice(["mp4", "mkv", "ts"]),
        crf=draw.choice([22, 25, 28]),
        preset="superfast" if codec == "h264" else "ultrafast",
        bframes=draw.choice([0, 2]) if codec == "h264" else 0,
        scenecut=draw.random() < 0.4,
    )
    return LessonSpec(
        seed=seed,
        scene=draw.choice(list(SceneKind)),
        duration_s=LESSON_S,
        vfr=draw.random() < 0.25,
        size=size,
        people=draw.randint(4, 30),
        noise=draw.choice([1.0, 1.6, 2.2]),
        edits=edits,
        honest=honest,
        encoding=encoding,
    )


def honest_spec_for(seed: int) -> LessonSpec:
    """The same kind of lesson, longer, with honest events throughout and no edit at all."""
    draw = random.Random(seed)
    kinds = list(HonestKind)
    events = tuple(
        HonestEvent(draw.choice(kinds), start_s + draw.uniform(0, 5), draw.uniform(1, 4))
        for start_s in range(10, int(HONEST_LESSON_S) - 20, 20)
    )
    return replace(spec_for(seed), duration_s=HONEST_LESSON_S, edits=(), honest=events)


def run_one(seed: int, folder: Path, spec: LessonSpec) -> Result:
    """Render, analyse and score one lesson."""
    path = folder / f"{seed}.{spec.encoding.container}"
    truth = json.loads(render_lesson(spec, path).to_json())
    dossier = analyse_recording(path, AnalysisSettings(with_people=False), None, lambda _share: None)
    document = json.loads(json.dumps(findings_document([(str(path), dossier)])))
    outcome = score(edits_of_truth(truth, frozenset(SAME_EVENT)), edits_of_findings(document["recordings"][0]))
    path.unlink()
    return Result(seed, dossier.duration_ns / 6e10, outcome, dossier.checked)


def print_table(results: Sequence[Result]) -> None:
    """Recall and border error for each kind; false alarms per hour over all."""
    found: dict[str, list[float]] = defaultdict(list)
    missed: dict[str, list[int]] = defaultdict(list)
    for result in results:
        for edit, finding in result.outcome.found:
            found[edit.kind].append(max(abs(edit.start_s - finding.start_s), abs(edit.end_s - finding.end_s)))
        for edit in result.outcome.missed:
            missed[edit.kind].append(result.seed)
    print("| kind | edits | found | recall | median border error, s | missed in seeds |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in sorted(set(found) | set(missed)):
        hits, misses = len(found[kind]), len(missed[kind])
        error = f"{statistics.median(found[kind]):.2f}" if hits else "-"
        seeds = " ".join(map(str, missed[kind]))
        print(f"| {kind} | {hits + misses} | {hits} | {hits / (hits + misses):.2f} | {error} | {seeds} |")
    hours = sum(result.minutes for result in results) / 60
    alarms = [(result.seed, alarm) for result in results for alarm in result.outcome.false_alarms]
    told = [r.seed for r in results if "cut" not in r.checked]
    print(f"\n{len(alarms)} false alarms in {hours:.2f} h: {len(alarms) / hours:.1f} per hour")
    for seed, alarm in alarms:
        print(f"  seed {seed}: {alarm.kind} {alarm.start_s:.2f} to {alarm.end_s:.2f} s")
    print(f"{len(told)} of {len(results)} recordings said that cuts could not be looked for throughout: seeds {told}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="5000:5012", metavar="FIRST:END", help="lessons to render (half-open)")
    parser.add_argument("--honest", action="store_true", help="longer lessons without any edit: false alarms only")
    options = parser.parse_args(arguments)
    first, end = (int(part) for part in options.seeds.split(":"))
    make_spec = honest_spec_for if options.honest else spec_for
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, end):
            results.append(run_one(seed, Path(folder), make_spec(seed)))
            print(f"seed {seed}: missed {[e.kind for e in results[-1].outcome.missed]}", file=sys.stderr, flush=True)
    print_table(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
