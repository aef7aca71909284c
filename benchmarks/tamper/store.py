"""Rendered files by digest: a second run renders nothing twice. One folder; each file has its truth beside it."""

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.lessons.render import render_lesson
from benchmarks.tamper.dress import dress
from benchmarks.tamper.spec import Master, Recorder, digest_of
from benchmarks.tamper.truth import Truth, honest_truth


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of rendered files.

    Attributes:
        folder: where they lie; ``files/`` is made below it.
    """

    folder: Path

    def master(self, master: Master) -> Path:
        """Return an honest lesson's file, rendering it where it is not there yet."""
        encoding = master.spec.encoding
        # A recorder's marks are put on by copying packets: render to MP4, copy into what the recorder writes.
        spec = master.spec
        if master.recorder is not Recorder.SOFTWARE:
            spec = replace(spec, encoding=replace(encoding, container="mp4", signed=False))

        def write(path: Path) -> Truth:
            with tempfile.TemporaryDirectory(dir=path.parent) as folder:
                rendered = Path(folder) / "rendered.mp4"
                render_lesson(spec, rendered)
                dress(rendered, path, master.recorder, encoding.container, master.rotation)
            return honest_truth(path, master.name)

        return self.file(_digest(master), encoding.container, write)

    def master_path(self, master: Master) -> Path:
        """Where an honest lesson lies, or would."""
        return self.path(_digest(master), master.spec.encoding.container)

    def path(self, digest: str, container: str) -> Path:
        """Where the file of a digest lies, or would."""
        return self.folder / "files" / f"{digest}.{container}"

    def file(self, digest: str, container: str, write: Callable[[Path], Truth]) -> Path:
        """Return the file of a digest; ``write`` makes it where it is not there yet."""
        path = self.path(digest, container)
        truth_path = truth_beside(path)
        if not truth_path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f"unfinished-{os.getpid()}-{path.name}")
            truth = write(unfinished)
            unfinished.rename(path)
            # The truth is written last: where it is, the file is whole.
            truth_path.write_text(json.dumps(truth.as_document(), ensure_ascii=False), encoding="utf-8")
        return path


def _digest(master: Master) -> str:
    return digest_of("master", master.spec, master.recorder, master.rotation)


def truth_beside(path: Path) -> Path:
    """Where the truth of a rendered file lies."""
    return path.with_suffix(".truth.json")


def read_truth(path: Path) -> dict[str, Any]:
    """The truth of a rendered file, as a document."""
    document: dict[str, Any] = json.loads(truth_beside(path).read_text(encoding="utf-8"))
    return document
