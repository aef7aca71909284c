"""Runs our analysis and the peers on a rendered suite; what was measured once is read back."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any, Final

from benchmarks.scoring import Edit
from benchmarks.tamper import ours
from benchmarks.tamper.clips import footage_folder
from benchmarks.tamper.peers import run_peers
from benchmarks.tamper.pool import process_pool
from benchmarks.tamper.store import read_truth
from benchmarks.tamper.truth import Truth, honest_truth, truth_from_document, with_facts

RESULTS_SCHEMA: Final = "lessonproof.tamper-results/1"
PEERS_VERSION: Final = "1"


@dataclass(frozen=True, slots=True)
class File:
    """One file to score.

    Attributes:
        id: of the case, twin or clip.
        kind: what it is a case of, ``honest`` for none.
        stratum: what the tables group by; ``role`` is ``case``, ``twin``, ``hours`` or ``clip``.
        path: where it lies.
        truth: what was done to it.
        accepted: recordings that it is compared with.
    """

    id: str
    kind: str
    stratum: Mapping[str, str]
    path: Path
    truth: Truth
    accepted: tuple[Path, ...]


def files_of(folder: Path) -> list[File]:
    """Everything that a folder's ``suite.json`` lists, and the honest clips."""
    suite = json.loads((folder / "suite.json").read_text(encoding="utf-8"))
    found = []
    for entry in suite["cases"]:
        path = folder / "files" / entry["file"]
        truth = truth_from_document(read_truth(path))
        if entry["stratum"].get("recorder") == "software":
            truth = with_facts(truth, "reencoded")
        if not truth.has_audio and not any(event.kind == "no_audio" for event in truth.events):
            truth = with_facts(truth, "no_audio")  # its source had none
        accepted = tuple(folder / "files" / name for name in entry["accepted"])
        found.append(File(entry["id"], entry["kind"], entry["stratum"], path, truth, accepted))
    footage = footage_folder()
    for name in suite["clips"] if footage is not None else ():
        path = (footage or folder) / name
        # Nobody knows what the clips went through before they were published.
        truth = with_facts(honest_truth(path, name), "reencoded", "no_audio")
        found.append(File(f"clip:{name}", "honest", {"role": "clip"}, path, truth, ()))
    return found


def run(
    files: Sequence[File], folder: Path, *, jobs: int, peers: Callable[[File], bool], say: Callable[[str], None]
) -> dict[str, Any]:
    """Measure every file and return the results document.

    Args:
        files: what to score.
        folder: the suite's; measurements are kept below it.
        jobs: processes.
        peers: whether the peers see a file.
        say: told each file.
    """
    version = ours.code_version()
    cache = folder / "measured" / version
    cache.mkdir(parents=True, exist_ok=True)
    by_path = {path: None for file in files for path in (file.path, *file.accepted)}
    with process_pool(jobs) as pool:
        for number, path in enumerate(pool.map(_measure, by_path, repeat(cache)), start=1):
            say(f"{number}/{len(by_path)} {path.name}")
        seen = [file for file in files if peers(file)]
        told = dict(zip((f.id for f in seen), pool.map(_run_peers, seen, repeat(folder / "peers")), strict=True))
    return {
        "schema": RESULTS_SCHEMA,
        "code_version": version,
        "files": [_record(file, cache, told.get(file.id)) for file in files],
    }


def edits_of(truth: Truth) -> list[Edit]:
    """What was done, in seconds."""
    return [Edit(e.kind, e.start_ns / 1e9, e.end_ns / 1e9, e.whole) for e in truth.events]


def _record(file: File, cache: Path, told: dict[str, Any] | None) -> dict[str, Any]:
    accepted = [(path, ours.measure(path, cache)) for path in file.accepted]
    return {
        "id": file.id,
        "kind": file.kind,
        "stratum": dict(file.stratum),
        "file": file.path.name,
        "duration_s": file.truth.duration_ns / 1e9,
        "frame_s": file.truth.frame_ns / 1e9,
        "edits": [asdict(edit) for edit in edits_of(file.truth)],
        "facts": sorted(file.truth.facts),
        "ours": ours.told(file.path, ours.measure(file.path, cache), accepted, _declared(file.truth)),
        "peers": told,
    }


def _measure(path: Path, cache: Path) -> Path:
    ours.measure(path, cache)
    return path


def _declared(truth: Truth) -> tuple[datetime, datetime] | None:
    if truth.declared_start is None:
        return None
    start = datetime.fromisoformat(truth.declared_start)
    return start, start + timedelta(microseconds=truth.duration_ns // 1000)


def _run_peers(file: File, cache: Path) -> dict[str, Any]:
    cache.mkdir(parents=True, exist_ok=True)
    # Truncated digests of names are enough: a file's name is the digest of how it was made.
    others = "-".join(path.stem[:6] for path in file.accepted)
    record = cache / f"{PEERS_VERSION}-{file.path.name}-{others}.json"
    if not record.exists():
        results = run_peers(file.path, list(file.accepted))
        document = {
            name: {"cpu_s": round(result.cpu_s, 3), "findings": [asdict(f) for f in result.findings]}
            for name, result in results.items()
        }
        record.write_text(json.dumps(document), encoding="utf-8")
    held: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    return held
