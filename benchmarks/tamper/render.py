"""Renders the suite: masters first, then every case from them; ``suite.json`` says which file is which case."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.tamper import packet_ops
from benchmarks.tamper.cases import cases
from benchmarks.tamper.clips import CLIP, clip_cases, footage_folder, honest_clips
from benchmarks.tamper.editor import reedit
from benchmarks.tamper.masters import honest_hours, masters
from benchmarks.tamper.pool import process_pool
from benchmarks.tamper.spec import (
    Case,
    CopyJoin,
    CopyRanges,
    HideByEditList,
    Master,
    Reedit,
    Remux,
    Resound,
    Truncate,
    Untouched,
    digest_of,
)
from benchmarks.tamper.store import Store
from benchmarks.tamper.truth import Event, Truth, honest_truth

SCHEMA: Final = "lessonproof.tamper-suite/1"
HONEST: Final = "honest"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Suite:
    """Everything of one split.

    Attributes:
        split: ``dev`` or ``test``.
        masters: honest lessons, by name.
        hours: long honest lessons.
        cases: cases from masters and clips.
        clips: file names of honest clips.
    """

    split: str
    masters: Mapping[str, Master]
    hours: tuple[Master, ...]
    cases: tuple[Case, ...]
    clips: tuple[str, ...]


def suite_of(split: str) -> Suite:
    """The split's list; clips only where the footage is there."""
    footage = footage_folder()
    return Suite(
        split,
        {m.name: m for m in masters(split)},
        honest_hours(split),
        (*cases(split), *(clip_cases(split) if footage is not None else ())),
        honest_clips(split) if footage is not None else (),
    )


def render_suite(suite: Suite, folder: Path, *, jobs: int, only: frozenset[str], hours: bool, say: Say) -> None:
    """Render what is not there yet, and write ``suite.json``.

    Args:
        suite: the list.
        folder: where files go.
        jobs: processes.
        only: kinds to render; all where empty.
        hours: render the honest hours too.
        say: told each finished file.
    """
    chosen = by_turns(case for case in suite.cases if not only or case.kind in only)
    needed = {name for case in chosen for name in (case.source, *case.others, *case.accepted)}
    sources = [m for m in suite.masters.values() if not only or m.name in needed]
    long = list(suite.hours) if hours else []
    folder.mkdir(parents=True, exist_ok=True)
    with process_pool(jobs) as pool:
        for master, path in zip(sources, pool.map(_render_master, sources, [folder] * len(sources)), strict=True):
            say(f"{master.name}: {path.name}")
        rendered = pool.map(_render_case, chosen, [suite] * len(chosen), [folder] * len(chosen))
        for case, path in zip(chosen, rendered, strict=True):
            say(f"{case.id}: {path.name}")
            write_list(suite, folder)
        for master, path in zip(long, pool.map(_render_master, long, [folder] * len(long)), strict=True):
            say(f"{master.name}: {path.name}")
    write_list(suite, folder)


def by_turns(case_list: Iterable[Case]) -> list[Case]:
    """One case of each line, then another one of each: a run that was stopped leaves some of everything."""
    seen: dict[str, int] = {}
    order: list[tuple[int, Case]] = []
    for case in case_list:
        line = dict(case.stratum)["line"]
        seen[line] = seen.get(line, 0) + 1
        order.append((seen[line], case))
    return [case for _, case in sorted(order, key=lambda pair: pair[0])]


def render_case(case: Case, suite: Suite, store: Store) -> Path:
    """Render one case and the masters it needs, where they are not there yet."""
    sources = [_source(name, suite, store) for name in (case.source, *case.others)]
    digest, container = case_digest(case, suite), _container(case, suite)
    return store.file(digest, container, lambda path: _write(case, sources, path))


def case_digest(case: Case, suite: Suite) -> str:
    """Name of a case's file: what is done, and to what."""
    parents = [suite.masters.get(name, name) for name in (case.source, *case.others)]
    return digest_of(case.operation, *parents)


def _write(case: Case, sources: list[Path], path: Path) -> Truth:
    operation, first = case.operation, sources[0]
    if isinstance(operation, Untouched):
        path.write_bytes(first.read_bytes())
        return _untouched(operation, path, case.id)
    if isinstance(operation, Reedit):
        return reedit(operation, sources, path, case.id)
    if isinstance(operation, CopyJoin):
        return packet_ops.copy_join(operation, first, sources[1], path, case.id)
    if isinstance(operation, CopyRanges):
        return packet_ops.copy_ranges(operation, first, path, case.id)
    if isinstance(operation, Truncate):
        return packet_ops.truncate(operation, first, path, case.id)
    if isinstance(operation, HideByEditList):
        return packet_ops.hide_by_edit_list(operation, first, path, case.id)
    if isinstance(operation, Remux):
        return packet_ops.remux(operation, first, path, case.id)
    return packet_ops.resound(operation, first, path, case.id)


def _untouched(operation: Untouched, path: Path, name: str) -> Truth:
    truth = honest_truth(path, name)
    events = () if operation.kind is None else (Event(operation.kind, 0, truth.duration_ns, whole=True),)
    declared = None if operation.declared_start is None else operation.declared_start.isoformat()
    return replace(truth, events=events, declared_start=declared)


def _container(case: Case, suite: Suite) -> str:
    operation = case.operation
    if isinstance(operation, Reedit):
        return operation.encoding.container
    if isinstance(operation, HideByEditList):
        return "mp4"
    if isinstance(operation, Untouched):
        return suite.masters[case.source].spec.encoding.container
    assert isinstance(operation, CopyRanges | CopyJoin | Truncate | Resound | Remux)  # noqa: S101
    return operation.container


def _source(name: str, suite: Suite, store: Store) -> Path:
    if name.startswith(CLIP):
        return clip_path(name.removeprefix(CLIP))
    return store.master(suite.masters[name])


def clip_path(file: str) -> Path:
    """Path of a real clip; ``FileNotFoundError`` where the footage is not there."""
    footage = footage_folder()
    if footage is None or not (footage / file).is_file():
        raise FileNotFoundError(f"{file}: set LESSONPROOF_FOOTAGE to the folder of the real clips")
    return footage / file


def write_list(suite: Suite, folder: Path) -> None:
    """List what is there: a run that was stopped leaves a list that is right."""
    store = Store(folder)
    entries: list[dict[str, Any]] = []
    for role, group in (("twin", suite.masters.values()), ("hours", suite.hours)):
        for m in group:
            stratum = {"role": role, "filming": m.spec.filming.value, "recorder": m.recorder.value, "device": m.device}
            entries.append(_entry(store.master_path(m), m.name, HONEST, stratum))
    for case in suite.cases:
        path = store.path(case_digest(case, suite), _container(case, suite))
        entry = _entry(path, case.id, case.kind, dict(case.stratum) | {"role": "case"})
        accepted = [store.master_path(suite.masters[name]).name for name in case.accepted]
        entries.append(entry | {"source": case.source, "accepted": accepted})
    there = [entry for entry in entries if (folder / "files" / str(entry["file"])).with_suffix(".truth.json").exists()]
    document = {"schema": SCHEMA, "split": suite.split, "clips": list(suite.clips), "cases": there}
    (folder / "suite.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def _entry(path: Path, name: str, kind: str, stratum: Mapping[str, str]) -> dict[str, Any]:
    return {"id": name, "kind": kind, "file": path.name, "stratum": dict(stratum), "source": None, "accepted": []}


def _render_master(master: Master, folder: Path) -> Path:
    return Store(folder).master(master)


def _render_case(case: Case, suite: Suite, folder: Path) -> Path:
    return render_case(case, suite, Store(folder))


def kinds_of(case_list: Iterable[Case]) -> dict[str, int]:
    """How many cases there are of each kind."""
    counts: dict[str, int] = {}
    for case in case_list:
        counts[case.kind] = counts.get(case.kind, 0) + 1
    return dict(sorted(counts.items()))
