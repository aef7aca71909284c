"""From results to figures and Markdown tables. Pure."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.scoring import TOLERANCE_S, Edit, Score, border_error_s, edits_of_findings, score
from benchmarks.tamper.peers import PEERS, TELLS, credited
from benchmarks.tamper.statistics import Share, f1, poisson_interval

OURS: Final = "LessonProof"
DECLARED: Final = frozenset({"honest-pair", "right-date", "wrong_date"})
"""Lines whose files are masters byte for byte, told beside other files or another date: only what rests on that counts
there, as the masters are scored themselves."""
COMPARED: Final = frozenset({"reuse", "container_mismatch", "wrong_date"})
_NONE: Final = "-"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one program told of one file, held against the truth.

    Attributes:
        record: the file's results.
        score: what came of it.
        cpu_s: what it cost.
    """

    record: Mapping[str, Any]
    score: Score
    cpu_s: float

    @property
    def role(self) -> str:
        """``case``, ``twin``, ``hours`` or ``clip``."""
        return str(self.record["stratum"]["role"])

    @property
    def is_declared(self) -> bool:
        """Whether the file is a master under another declaration."""
        return self.record["stratum"].get("line") in DECLARED

    @property
    def is_honest(self) -> bool:
        """Whether nothing was done to the file."""
        return not self.record["edits"]


def outcomes(results: Mapping[str, Any], program: str = OURS) -> list[Outcome]:
    """Score a program's findings on every file it saw."""
    found = []
    for record in results["files"]:
        edits = [Edit(**edit) for edit in record["edits"]]
        if program == OURS:
            told, said = edits_of_findings(record["ours"]), record["ours"]
        elif record["peers"] is None:
            continue
        else:
            said = record["peers"][program]
            kinds = TELLS[program]
            edits = [edit for edit in edits if edit.kind in kinds]
            told = credited(edits, [Edit(**f) for f in said["findings"]], kinds, TOLERANCE_S)
        if record["stratum"].get("line") in DECLARED:
            told = [finding for finding in told if finding.kind in COMPARED]
        outcome = score(edits, told, TOLERANCE_S, frozenset(record["facts"]))
        found.append(Outcome(record, outcome, said["cpu_s"]))
    return found


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How well one kind is told.

    Attributes:
        recall: edits found with both borders.
        noticed: edits of which anything true was told.
        precision: findings of this kind that were right, of those that were right or false alarms.
        error_frames: median border error of those found, frames; ``None`` where none was.
    """

    recall: Share
    noticed: Share
    precision: Share
    error_frames: float | None


def kind_figures(
    scored: Sequence[Outcome], kind: str, keep: Callable[[Outcome], bool] = lambda _o: True
) -> KindFigures:
    """Figures of one kind; ``keep`` chooses the cases, false alarms count from all files."""
    found = missed = noticed = 0
    errors: list[float] = []
    right = wrong = 0
    for outcome in scored:
        right += sum(edit.kind == kind for edit, _ in outcome.score.found)
        wrong += sum(alarm.kind == kind for alarm in outcome.score.false_alarms)
        if not keep(outcome):
            continue
        for edit, told in outcome.score.found:
            if edit.kind == kind:
                found += 1
                noticed += 1
                errors += [] if edit.whole else [border_error_s(edit, told) / outcome.record["frame_s"]]
        for edit in outcome.score.missed:
            if edit.kind == kind:
                missed += 1
                noticed += outcome.score.noticed(edit)
    total = found + missed
    error = statistics.median(errors) if errors else None
    return KindFigures(Share(found, total), Share(noticed, total), Share(right, right + wrong), error)


def kind_table(results: Mapping[str, Any]) -> str:
    """One row a kind: our figures, and the recall of each peer that can tell it."""
    ours = outcomes(results)
    peers = {name: outcomes(results, name) for name in PEERS}
    kinds = sorted({edit.kind for o in ours for edit in (*o.score.missed, *(e for e, _ in o.score.found))})
    head = ["kind", "cases", "recall", "95 %", "precision", "F1", "median error, frames", "noticed", *PEERS]
    rows = []
    for kind in kinds:
        own = kind_figures(ours, kind)
        low, high = own.recall.interval()
        row = [
            f"`{kind}`",
            str(own.recall.total),
            _two(own.recall.value),
            f"{low:.2f} to {high:.2f}",
            _two(own.precision.value),
            _two(f1(own.precision.value, own.recall.value)),
            _NONE if own.error_frames is None else f"{own.error_frames:.1f}",
            _two(own.noticed.value),
        ]
        for name in PEERS:
            theirs = kind_figures(peers[name], kind) if kind in TELLS[name] else None
            row.append(_NONE if theirs is None else _two(theirs.recall.value))
        rows.append(row)
    return _markdown(head, rows)


@dataclass(frozen=True, slots=True)
class Target:
    """A line that the issue promises.

    Attributes:
        words: as the table says it.
        kind: kind of the cases.
        least: recall promised.
        keep: which cases count, from their stratum.
    """

    words: str
    kind: str
    least: float
    keep: Callable[[Mapping[str, str]], bool]


def _longer(seconds: float) -> Callable[[Mapping[str, str]], bool]:
    return lambda stratum: float(stratum.get("length_s", "1e9")) >= seconds


def _same_room_cut(stratum: Mapping[str, str]) -> bool:
    return stratum.get("line") == "cut" and float(stratum.get("length_s", "10")) >= 10


def _any(_stratum: Mapping[str, str]) -> bool:
    return True


def _percent_from(percent: float) -> Callable[[Mapping[str, str]], bool]:
    return lambda stratum: float(stratum.get("percent", "10")) >= percent


TARGETS: Final = (
    Target("cut of 10 s or more, same static room, re-encoded", "cut", 0.95, _same_room_cut),
    Target("splice", "splice", 0.98, _any),
    Target("loop of 5 s or more", "loop", 0.98, _longer(5)),
    Target("freeze of 2 s or more", "freeze", 0.98, _longer(2)),
    Target("black", "black", 0.98, _any),
    Target("gap", "gap", 0.98, _any),
    Target("truncated", "truncated", 0.98, _any),
    Target("stream-copy concatenation", "concatenated", 0.98, _any),
    Target("clock jump of 2 s or more", "clock_jump", 0.98, _any),
    Target("muted sound", "audio_gap", 0.98, _any),
    Target("speed of 5 % or more", "speed", 0.90, _percent_from(5)),
    Target("reuse of 60 s or more, same room", "reuse", 0.95, _longer(60)),
)


def target_table(results: Mapping[str, Any]) -> str:
    """The issue's promises beside what was measured."""
    ours = outcomes(results)
    rows = []
    for target in TARGETS:

        def keep(outcome: Outcome, wanted: Target = target) -> bool:
            return wanted.keep(outcome.record["stratum"])

        recall = kind_figures(ours, target.kind, keep).recall
        low, high = recall.interval()
        value = recall.value
        met = _NONE if value is None else "yes" if value >= target.least else "no"
        counts = f"{recall.hits} of {recall.total}"
        rows.append([target.words, counts, _two(value), f"{low:.2f} to {high:.2f}", f"{target.least:.2f}", met])
    precision = overall_precision(ours)
    low, high = precision.interval()
    value = precision.value
    met = _NONE if value is None else "yes" if value >= 0.97 else "no"
    counts = f"{precision.hits} of {precision.total}"
    rows.append(["precision over all", counts, _two(value), f"{low:.2f} to {high:.2f}", "0.97", met])
    return _markdown(["question", "found", "share", "95 %", "target", "met"], rows)


def overall_precision(scored: Iterable[Outcome]) -> Share:
    """Findings that were right, of those that were right or false alarms, on all files."""
    right = wrong = 0
    for outcome in scored:
        right += len(outcome.score.found)
        wrong += len(outcome.score.false_alarms)
    return Share(right, right + wrong)


def alarm_table(results: Mapping[str, Any]) -> str:
    """False alarms per hour of honest footage, ours and the peers'."""
    groups: Mapping[str, Callable[[Outcome], bool]] = {
        "honest hours": lambda o: o.role == "hours",
        "honest twins": lambda o: o.is_honest and o.role in {"twin", "case"} and not o.is_declared,
        "honest twins, compared": lambda o: o.is_honest and o.is_declared,
        "real clips": lambda o: o.role == "clip",
        "tampered files": lambda o: not o.is_honest,
    }
    rows = []
    for program in (OURS, *PEERS):
        scored = outcomes(results, program)
        for name, keep in groups.items():
            kept = [o for o in scored if keep(o)]
            hours = sum(o.record["duration_s"] for o in kept) / 3600
            if not kept:
                continue
            count = sum(len(o.score.false_alarms) for o in kept)
            low, high = poisson_interval(count)
            rate = f"{low / hours:.2f} to {high / hours:.2f}"
            rows.append([program, name, str(len(kept)), f"{hours:.2f}", str(count), f"{count / hours:.2f}", rate])
    return _markdown(["program", "footage", "files", "hours", "false alarms", "per hour", "95 %"], rows)


def cost_table(results: Mapping[str, Any]) -> str:
    """Processor time of each program per hour of footage, over the files that all of them saw."""
    shared = [r for r in results["files"] if r["peers"] is not None] or list(results["files"])
    hours = sum(r["duration_s"] for r in shared) / 3600
    rows = [[OURS, f"{hours:.2f}", f"{sum(r['ours']['cpu_s'] for r in shared) / hours:.0f}"]]
    for name in PEERS:
        seen = [r for r in shared if r["peers"] is not None]
        if seen:
            rows.append([name, f"{hours:.2f}", f"{sum(r['peers'][name]['cpu_s'] for r in seen) / hours:.0f}"])
    return _markdown(["program", "hours", "CPU-s per hour"], rows)


def stratum_table(results: Mapping[str, Any], kind: str, name: str) -> str:
    """Recall of one kind by one property of its cases."""
    ours = outcomes(results)
    strata = [o.record["stratum"] for o in ours if o.record["kind"] == kind]
    values = sorted({stratum[name] for stratum in strata if name in stratum})
    rows = []
    for value in values:

        def keep(outcome: Outcome, wanted: str = value) -> bool:
            return bool(outcome.record["stratum"].get(name) == wanted)

        figures = kind_figures(ours, kind, keep)
        counts = f"{figures.recall.hits} of {figures.recall.total}"
        rows.append([value, counts, _two(figures.recall.value), _two(figures.noticed.value)])
    return _markdown([f"`{kind}` by {name}", "found", "recall", "noticed"], rows)


def listing(results: Mapping[str, Any]) -> str:
    """Every miss and every false alarm by case, for whoever looks for the reason."""
    lines: list[str] = []
    for outcome in outcomes(results):
        record = outcome.record
        about = f"{record['id']} ({record['file']})"
        unchecked: Mapping[str, str] = record["ours"].get("unchecked", {})
        for edit in outcome.score.missed:
            word = "noticed otherwise" if outcome.score.noticed(edit) else "missed"
            reason = f", unchecked: {unchecked[edit.kind]}" if edit.kind in unchecked else ""
            others = ", ".join(f"{f.kind} {f.start_s:.2f}-{f.end_s:.2f}" for f in outcome.score.explained)
            told = f"; told: {others}" if others else ""
            lines.append(f"- {word}: {about} {edit.kind} {edit.start_s:.2f}-{edit.end_s:.2f}{reason}{told}")
        for alarm in outcome.score.false_alarms:
            sure = "" if alarm.confidence is None else f" confidence {alarm.confidence:.2f}"
            span = f"{alarm.start_s:.2f}-{alarm.end_s:.2f}"
            lines.append(f"- false alarm: {about} {alarm.kind} {span} from {alarm.measured_from}{sure}")
    return "\n".join(lines) + "\n"


def report(results: Mapping[str, Any]) -> str:
    """All tables of one split."""
    strata: Mapping[str, Sequence[str]] = {
        "cut": ("line", "length_s", "filming", "sound"),
        "splice": ("room", "inserted"),
        "loop": ("look", "inserted", "length_s"),
        "freeze": ("sound", "clock", "length_s"),
        "speed": ("percent", "span", "how", "clock"),
        "reuse": ("look",),
    }
    unread: dict[str, int] = defaultdict(int)
    for record in results["files"]:
        for kind, reason in record["ours"].get("unchecked", {}).items():
            unread[f"{kind}: {reason}"] += 1
    parts = [
        "## What was promised", target_table(results),
        "## By kind", kind_table(results),
        "## False alarms", alarm_table(results),
        "## Processor time", cost_table(results),
        "## What depends on what", *(stratum_table(results, k, n) for k, names in strata.items() for n in names),
        "## What was said to be unexamined (files)",
        _markdown(["kind: reason", "files"], [[k, str(v)] for k, v in sorted(unread.items())]),
        "## Misses and false alarms", listing(results),
    ]  # fmt: skip
    return "\n\n".join(parts)


def _two(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f}"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
