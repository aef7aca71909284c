"""The report's section on people against the roster: presence over the lesson, arrivals, departures, corrections."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.headcount import MINUTE_NS, FrameCount, HeadcountSeries, PassageKind
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.verdict import Bilingual, UnitCase
from lessonproof.policy.presence import Presence, PresenceRate, Turnover, presence_of, presence_rate, turnovers
from lessonproof.policy.presence_findings import signed_numbers
from lessonproof.service.reports.charts import CountChart, TimeAxis, count_chart
from lessonproof.service.reports.formats import wall_span

MOST_TURNOVERS: Final = 12
"""A class that comes and goes all the time is told of by its curve."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class TurnoverView:
    """A sure arrival or departure: time of day, and how many at least."""

    span: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class PresenceView:
    """People of a unit over the lesson.

    Attributes:
        axis: the lesson.
        chart: people in view of all cameras, minute by minute.
        summary: sentences on the counted minutes, the rate and the staff.
        turnovers: sure arrivals and departures, at most :data:`MOST_TURNOVERS`.
        more: how many there are besides.
        notes: figures that never move, people who were followed, corrections by eye.
    """

    axis: TimeAxis
    chart: CountChart
    summary: tuple[Bilingual, ...]
    turnovers: tuple[TurnoverView, ...]
    more: int
    notes: tuple[Bilingual, ...]


def presence_view(case: UnitCase) -> PresenceView | None:
    """The section of a unit; ``None`` where no minute of the lesson was counted."""
    presence = presence_of(case)
    if not any(minute.count is not None for minute in presence.minutes):
        return None
    start = _EPOCH + timedelta(microseconds=presence.window.start_ns // 1000)
    axis = TimeAxis(presence.window.length_ns, start)
    signed = len(signed_numbers(case)) if case.unit.sheets else None
    enrolled = len(case.class_file.training_class.roster.expected_at(case.unit.start))
    found = turnovers(presence)
    return PresenceView(
        axis=axis,
        chart=count_chart(_series(presence), axis, roster=enrolled, signed=signed),
        summary=tuple(_summary(presence, signed)),
        turnovers=tuple(_turnover(turn, presence, start) for turn in found[:MOST_TURNOVERS]),
        more=max(0, len(found) - MOST_TURNOVERS),
        notes=tuple(_notes(case, presence)),
    )


def _series(presence: Presence) -> HeadcountSeries:
    """The minutes as samples in their middles, from the lesson's start on."""
    start_ns = presence.window.start_ns
    samples = tuple(
        FrameCount(minute.start_ns - start_ns + MINUTE_NS // 2, minute.count, minute.low, minute.high)
        for minute in presence.minutes
    )
    return HeadcountSeries(samples, "", MINUTE_NS)


def _summary(presence: Presence, signed: int | None) -> Iterator[Bilingual]:
    known, whole = len(presence.known()), len(presence.minutes)
    yield Bilingual(
        f"课程 {whole} 分钟中，{known} 分钟有带误差区间的人数；申报工作人员 {presence.staff} 人。",
        f"{known} of the lesson's {whole} minutes have a count with an interval; {presence.staff} declared staff.",
    )
    rate = presence_rate(presence, signed or 0)
    if rate is not None:
        yield _rate(rate, signed or 0)


def _rate(rate: PresenceRate, signed: int) -> Bilingual:
    most_zh = f"{rate.high_percent}%" if rate.high_percent <= _WHOLE else "100% 以上"
    most_en = f"{rate.high_percent} %" if rate.high_percent <= _WHOLE else "more than 100 %"
    return Bilingual(
        f"按人·分钟计，画面中学员为签名 {signed} 人的 {rate.low_percent}% 至 {most_zh}；画面以外的人不计入。",
        f"In person-minutes, {rate.low_percent} % to {most_en} of the {signed} who signed are in view; "
        "nobody outside the picture is counted.",
    )


def _turnover(turn: Turnover, presence: Presence, start: datetime) -> TurnoverView:
    number = abs(turn.change)
    text = (
        Bilingual(f"至少 {number} 人到来", f"at least {number} came")
        if turn.change > 0
        else Bilingual(f"至少 {number} 人离开", f"at least {number} left")
    )
    return TurnoverView(wall_span(start, turn.between.shift(-presence.window.start_ns)), text)


def _notes(case: UnitCase, presence: Presence) -> Iterator[Bilingual]:
    for camera, scale in presence.scales.items():
        yield Bilingual(
            f"机位 {camera} 的人数按 {scale.corrections} 次人工清点校正（系数 {scale.factor:.2f}）。",
            f"Counts of camera {camera} are corrected by {scale.corrections} counts by eye "
            f"(factor {scale.factor:.2f}).",
        )
    for reference in case.unit.recordings:
        dossier = case.dossiers.get(reference.file)
        if isinstance(dossier, Dossier) and dossier.headcount is not None:
            yield from _of_recording(reference.camera, dossier.headcount)


def _of_recording(camera: str, series: HeadcountSeries) -> Iterator[Bilingual]:
    for figure in series.still_figures:
        left, top, right, bottom = (round(_WHOLE * side) for side in figure.box_xyxy)
        where = f"{left}–{right} % × {top}–{bottom} %"
        yield Bilingual(
            f"机位 {camera}：{_minutes(figure.seen)} 分钟内画面（宽×高 {where}）处的人像从未移动"
            "（如海报、人偶、屏幕），未计入人数。",
            f"Camera {camera}: the figure at {where} (width × height) never moved in {_minutes(figure.seen)} minutes "
            "(a poster, a dummy, a screen) and is not counted.",
        )
    left_seats = sum(passage.kind is PassageKind.LEFT for passage in series.passages)
    hidden = len(series.passages) - left_seats
    if series.passages:
        yield Bilingual(
            f"机位 {camera}：逐帧跟踪 {len(series.passages)} 名突然不见的人，"
            f"似有 {left_seats} 人离开座位、{hidden} 人只是被遮挡；此项不够可靠，人数不以此为据。",
            f"Camera {camera}: {len(series.passages)} people who were suddenly lost were followed frame by frame; "
            f"{left_seats} seem to have left their places and {hidden} to have been hidden. This is not reliable: "
            "no count rests on it.",
        )


def _minutes(span: Interval) -> int:
    return span.length_ns // MINUTE_NS
