"""The rule on training stations: each in view throughout the practical time (NK-6.1.3, open point Q9)."""

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.station_coverage import Coverage, StationCoverage, StationRow
from lessonproof.evidence.verdict import Bilingual, EvidenceRef, UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.absent import no_recording
from lessonproof.policy.rules.base import Parameters, RuleContext, RuleOutcome, failed, passed, record, uncertain
from lessonproof.policy.rules.suspicions import Standing, Touching, touching

_WHOLE_PERCENT = 100
_NAMED_AT_MOST = 8


class StationParameters(Parameters):
    """Settings of :func:`stations_in_view`: none of its own."""

    def uses(self) -> frozenset[str]:
        """Share of the practical time, and reviewers that confirm."""
        return frozenset({"Q9.covered_percent", "Q12.reviewers"})


def stations_in_view(case: UnitCase, context: RuleContext, _parameters: StationParameters) -> RuleOutcome:
    """Every training station is in view (NK-6.1.3).

    It passes only by measured minutes, and where the layout names as many stations as are declared. What the machine
    suspects two reviewers must confirm before it fails. Without a layout a person looks and records.
    """
    if not case.unit.recordings:
        return no_recording(case)
    coverage, declared = case.stations, case.unit.workstations
    path = record(f"units[{case.unit.unit_id}].recordings")
    if coverage is None or not coverage.rows:
        zh = "未申报工位数" if declared is None else f"申报工位 {declared} 个"
        en = "the number of stations is not declared" if declared is None else f"{declared} stations are declared"
        return uncertain(
            f"没有测量工位覆盖（{zh}；未提供标出工位的场地布局），须由人查看录像后记录",
            f"Which stations are in view was not measured ({en}; no venue layout with stations is given); "
            "a person looks and records",
            needs.reviewer_records(),
            path,
        )
    if declared is not None and declared > len(coverage.rows):
        return uncertain(
            f"申报工位 {declared} 个，场地布局只标出 {len(coverage.rows)} 个，其余工位未测量",
            f"{declared} stations are declared and the venue layout has {len(coverage.rows)}; the rest is not measured",
            needs.declaration("全部实训工位的场地布局（venue_file）", "a venue layout with every station (venue_file)"),
            path,
        )
    return _measured(case, context, coverage)


def _measured(case: UnitCase, context: RuleContext, coverage: StationCoverage) -> RuleOutcome:
    percent, whole_ns = context.default("Q9", "covered_percent"), coverage.window.length_ns
    evidence = tuple(EvidenceRef(sha256) for sha256 in coverage.recordings)
    short = [row for row in coverage.rows if row.time_ns[Coverage.COVERED] * _WHOLE_PERCENT < percent * whole_ns]
    if not short:
        least = min(row.time_ns[Coverage.COVERED] for row in coverage.rows)
        return passed(
            f"{len(coverage.rows)} 个工位各有不少于 {_share(least, whole_ns)}% 的实操时间被录像覆盖",
            f"Each of {len(coverage.rows)} stations is in view for {_share(least, whole_ns)} % or more of the "
            "practical time",
            evidence,
            ("Q9",),
        )
    items = touching(case, frozenset({FindingKind.STATION_UNCOVERED}), context.default("Q12", "reviewers"))
    proven = [row for row in short if _confirmed_ns(row, items) * _WHOLE_PERCENT > (100 - percent) * whole_ns]
    if proven:
        names = _names(proven)
        return failed(
            f"经两名审核人员认定，以下工位未被录像覆盖的时间超过实操时间的 {100 - percent}%：{names}",
            f"Two reviewers confirmed that these stations were out of view for more than {100 - percent} % of the "
            f"practical time: {names}",
            tuple(item.reference() for item in items if item.standing is Standing.CONFIRMED),
            ("Q9", "Q12"),
        )
    hopeless = [row for row in short if _at_best_ns(row) * _WHOLE_PERCENT < percent * whole_ns]
    is_open = any(item.standing is not Standing.REJECTED for item in items)
    if hopeless:
        return uncertain(
            f"以下工位疑似未被全程覆盖（覆盖占实操时间，至少应为 {percent}%）：{_with_shares(hopeless, whole_ns).zh}",
            f"These stations seem not to be in view throughout (share of the practical time; {percent} % are needed): "
            f"{_with_shares(hopeless, whole_ns).en}",
            needs.review_findings() if is_open else needs.reviewer_records(),
            (*evidence, *(item.reference() for item in items if item.standing is not Standing.REJECTED)),
            ("Q9", "Q12"),
            open_to_record=not is_open,
        )
    return uncertain(
        f"以下工位有部分时间无法判断是否被覆盖（已覆盖占实操时间）：{_with_shares(short, whole_ns).zh}",
        f"Whether these stations were in view cannot be told for a part of the time (share that is covered for sure): "
        f"{_with_shares(short, whole_ns).en}",
        needs.reviewer_records(),
        evidence,
        ("Q9",),
    )


def _confirmed_ns(row: StationRow, items: tuple[Touching, ...]) -> int:
    """How long reviewers confirmed that a station was out of view."""
    confirmed = (item.finding for item in items if item.standing is Standing.CONFIRMED)
    return sum(one.interval.length_ns for one in confirmed if one.detail.get("station") == row.name)


def _at_best_ns(row: StationRow) -> int:
    return row.time_ns[Coverage.COVERED] + row.time_ns[Coverage.UNKNOWN]


def _share(part_ns: int, whole_ns: int) -> int:
    """Per cent, rounded down: 94.9 must not read as 95."""
    return part_ns * _WHOLE_PERCENT // max(1, whole_ns)


def _names(rows: list[StationRow]) -> str:
    more = f" (+{len(rows) - _NAMED_AT_MOST})" if len(rows) > _NAMED_AT_MOST else ""
    return ", ".join(row.name for row in rows[:_NAMED_AT_MOST]) + more


def _with_shares(rows: list[StationRow], whole_ns: int) -> Bilingual:
    """Each station with the share that is covered; where nothing of the time was measured there is no share, not 0."""
    more = f" (+{len(rows) - _NAMED_AT_MOST})" if len(rows) > _NAMED_AT_MOST else ""
    named = [(row.name, _known_share(row, whole_ns)) for row in rows[:_NAMED_AT_MOST]]
    zh = "、".join(f"{name} {'不明' if share is None else f'{share}%'}" for name, share in named)
    en = ", ".join(f"{name} {'unknown' if share is None else f'{share} %'}" for name, share in named)
    return Bilingual(zh + more, en + more)


def _known_share(row: StationRow, whole_ns: int) -> int | None:
    return None if row.time_ns[Coverage.UNKNOWN] >= whole_ns else _share(row.time_ns[Coverage.COVERED], whole_ns)
