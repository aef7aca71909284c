"""A dossier with what other recordings say of it: one event, one finding here too.

A dossier tells that a stretch does not belong where it stands; a comparison, made later, tells where it comes from. The
stored dossier stays as it is, byte for byte: the two are joined each time somebody reads them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lessonproof.analysis.merging import with_support
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import Interval, ns_to_s, s_to_ns

_MOST: Final = 0.6
"""Share of a stretch that another one must hold to be the same event, as in ``merging``."""
_SOURCE_START: Final = "other_start_s"
_BLUR: Final = "borders_within_s"


def with_comparison(dossier: Dossier, comparison: Comparison | None) -> Dossier:
    """A dossier as a unit is judged on it: with what the comparison adds.

    A foreign stretch that is known from another recording is ``reuse``, with the ``splice`` in ``detail["also"]``; its
    borders are then those of the splice, which were measured in decoded pictures, and the cuts there name it. Where no
    splice was told, a border that lies no farther from a cut than it is known to is at the cut.

    Raises:
        ValueError: they are of two recordings.
    """
    if comparison is None:
        return dossier
    if comparison.sha256 != dossier.sha256:
        raise ValueError(f"a comparison of {comparison.sha256} for the dossier of {dossier.sha256}")
    unchecked = {kind: reason for kind, reason in dossier.unchecked.items() if kind not in comparison.checked}
    return replace(
        dossier,
        findings=tuple(sorted(_joined(dossier.findings, comparison.findings), key=Finding.sort_key)),
        checked=dossier.checked | comparison.checked,
        unchecked={**unchecked, **comparison.unchecked},
    )


def _joined(own: Sequence[Finding], compared: Sequence[Finding]) -> list[Finding]:
    left, added = list(own), list(compared)
    fitted: list[Finding] = []
    for splice in (f for f in own if f.kind is FindingKind.SPLICE):
        owner = max(
            (f for f in added if f.kind is FindingKind.REUSE and _common_ns(f, splice) >= _MOST * _length_ns(splice)),
            key=lambda f: (_common_ns(f, splice), f.confidence),
            default=None,
        )
        if owner is not None:
            told = with_support(_fitted(owner, splice), splice)
            added[added.index(owner)] = told
            fitted.append(told)
            left = [_border_of(f, splice, told) for f in left if f is not splice]
    cuts = [f for f in left if f.kind is FindingKind.CUT]
    return left + [f if f in fitted else _at_cuts(f, cuts) for f in added]


def _at_cuts(reuse: Finding, cuts: Sequence[Finding]) -> Finding:
    blur_s = reuse.detail.get(_BLUR)
    if reuse.kind is not FindingKind.REUSE or not isinstance(blur_s, int | float) or not cuts:
        return reuse
    joints = [cut.interval.end_ns for cut in cuts]  # the first frame behind a cut

    def nearest(border_ns: int) -> int:
        joint_ns = min(joints, key=lambda at_ns: abs(at_ns - border_ns))
        return joint_ns if abs(joint_ns - border_ns) <= s_to_ns(blur_s) else border_ns

    start_ns, end_ns = nearest(reuse.interval.start_ns), nearest(reuse.interval.end_ns)
    return reuse if start_ns >= end_ns else _moved(reuse, Interval(start_ns, end_ns))


def _common_ns(one: Finding, other: Finding) -> int:
    common = one.interval.intersect(other.interval)
    return 0 if common is None else common.length_ns


def _length_ns(finding: Finding) -> int:
    return finding.interval.length_ns


def _fitted(reuse: Finding, splice: Finding) -> Finding:
    """With the splice's borders, where it is the same stretch and not a part of it."""
    if _common_ns(reuse, splice) < _MOST * _length_ns(reuse):
        return reuse
    return _moved(reuse, splice.interval)


def _moved(reuse: Finding, where: Interval) -> Finding:
    """With other borders, and with the place in the other recording that belongs to them."""
    detail = {**reuse.detail, "length_s": ns_to_s(where.length_ns)}
    start_s = detail.get(_SOURCE_START)
    if isinstance(start_s, int | float):
        start_ns = s_to_ns(start_s) + where.start_ns - reuse.interval.start_ns
        detail[_SOURCE_START] = ns_to_s(max(0, start_ns))
    return replace(reuse, interval=where, detail=detail)


def _border_of(finding: Finding, splice: Finding, reuse: Finding) -> Finding:
    """A cut that was told to be the splice's border is the border of what the splice has become."""
    is_border = (
        finding.detail.get("border_of") == splice.kind.value
        and finding.detail.get("stretch_start_s") == ns_to_s(splice.interval.start_ns)
        and finding.detail.get("stretch_end_s") == ns_to_s(splice.interval.end_ns)
    )
    if not is_border:
        return finding
    named = {
        "border_of": reuse.kind.value,
        "stretch_start_s": ns_to_s(reuse.interval.start_ns),
        "stretch_end_s": ns_to_s(reuse.interval.end_ns),
    }
    return replace(finding, detail={**finding.detail, **named})
