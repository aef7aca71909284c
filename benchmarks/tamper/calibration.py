"""How often findings are right at each strength: a rising map by kind, fitted on dev, and how well it holds on test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from benchmarks.tamper.statistics import Share
from benchmarks.tamper.tables import Outcome, outcomes
from lessonproof.analysis.confidence_table import POOLED

PRIOR_FINDINGS: Final = 2.0
"""Weight of what is believed before: so many findings, right as often as those of all kinds together."""
LEAST_FINDINGS: Final = 10
"""A kind with fewer findings is read from the pooled map."""
RAW: Final = "uncalibrated_confidence"
"""Where the product keeps what the measurement gave, beside the confidence that it prints."""
Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding of ours, and whether it was right.

    Attributes:
        kind: its kind.
        confidence: as printed, 0..1.
        raw: as measured, 0..1.
        is_right: found or explained; ``False`` for a false alarm.
    """

    kind: str
    confidence: float
    raw: float
    is_right: bool


def told_findings(results: Mapping[str, Any]) -> list[Told]:
    """Every finding of ours that counts for or against us."""
    return [told for outcome in outcomes(results) for told in _told(outcome)]


def _told(outcome: Outcome) -> Iterable[Told]:
    raws = {
        (f["kind"], f["start_s"], f["end_s"]): f.get("detail", {}).get(RAW, f["confidence"])
        for f in outcome.record["ours"]["findings"]
    }
    score = outcome.score
    groups = ((True, [f for _, f in score.found]), (True, score.explained), (False, score.false_alarms))
    for is_right, findings in groups:
        for finding in findings:
            if finding.confidence is not None:
                raw = raws[finding.kind, finding.start_s, finding.end_s]
                yield Told(finding.kind, finding.confidence, float(raw), is_right)


def fit(told: Sequence[Told]) -> dict[str, Knots]:
    """A map for every kind that was told often enough, and the pooled one.

    Isotonic regression by pooling adjacent violators (Barlow et al., 1972), each pool drawn towards the overall share
    by ``PRIOR_FINDINGS``, so that 5 of 5 is not certainty (the mean of a Beta posterior).
    """
    if not told:
        return {}
    prior = (sum(t.is_right for t in told) + 1) / (len(told) + 2)
    maps = {POOLED: rising([(t.raw, t.is_right) for t in told], prior)}
    for kind in sorted({t.kind for t in told}):
        own = [(t.raw, t.is_right) for t in told if t.kind == kind]
        if len(own) >= LEAST_FINDINGS:
            maps[kind] = rising(own, prior)
    return maps


def rising(points: Sequence[tuple[float, bool]], prior: float) -> Knots:
    """A map that never falls: for each pool its mean strength and its smoothed share.

    Args:
        points: strength and whether it was right.
        prior: share believed before.
    """
    pools: list[list[float]] = []  # sum of strengths, right, number
    for raw, is_right in sorted(points):
        pools.append([raw, float(is_right), 1.0])
        while len(pools) > 1 and (
            _share(pools[-2], prior) >= _share(pools[-1], prior) or _mean(pools[-2]) >= _mean(pools[-1])
        ):
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    return tuple((round(_mean(pool), 4), round(_share(pool, prior), 4)) for pool in pools)


def _mean(pool: Sequence[float]) -> float:
    return pool[0] / pool[2]


def _share(pool: Sequence[float], prior: float) -> float:
    return (pool[1] + PRIOR_FINDINGS * prior) / (pool[2] + PRIOR_FINDINGS)


def write_table(maps: Mapping[str, Knots], path: Path) -> None:
    """Replace the table in the product's module; the rest of the module stays."""
    text = path.read_text(encoding="utf-8")
    head, begin, rest = text.partition("TABLE: Final[Mapping[str, Sequence[tuple[float, float]]]] = {")
    if not begin:
        raise ValueError(f"{path} has no table")
    tail = rest[rest.index("}\n") :]
    lines: list[str] = []
    for kind, knots in sorted(maps.items()):
        lines += [f'    "{kind}": (\n', *(f"        {knot!r},\n" for knot in knots), "    ),\n"]
    path.write_text(f"{head}{begin}{chr(10) if lines else ''}{''.join(lines)}{tail}", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Bin:
    """Findings of about one confidence.

    Attributes:
        low, high: confidences, half-open.
        mean: mean printed confidence.
        right: how many were right.
    """

    low: float
    high: float
    mean: float
    right: Share


def reliability(told: Sequence[Told], edges: Sequence[float]) -> list[Bin]:
    """Findings in bins of printed confidence; bins without any are left out."""
    bins = []
    for low, high in pairwise(edges):
        inside = [t for t in told if low <= t.confidence < high or (high == edges[-1] == t.confidence)]
        if inside:
            mean = sum(t.confidence for t in inside) / len(inside)
            bins.append(Bin(low, high, mean, Share(sum(t.is_right for t in inside), len(inside))))
    return bins


def expected_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error (Naeini et al., 2015): mean distance of confidence and share, by findings."""
    total = sum(b.right.total for b in bins)
    if not total:
        return None
    return sum(b.right.total * abs(b.mean - (b.right.value or 0.0)) for b in bins) / total
