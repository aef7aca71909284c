"""The coverage matrix of training stations as a report shows it: a picture, a table, and what each reason means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.station_coverage import (
    Coverage,
    StationCoverage,
    StationNumbers,
    StationRow,
    Why,
    station_numbers,
)
from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports.charts import AXIS_HEIGHT, TimeAxis
from lessonproof.service.reports.measured import Measured
from lessonproof.service.reports.terms import NO_HEADCOUNT, looked_up

ROW_HEIGHT: Final = 20
TOP: Final = 8
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

WHY_WORDS: Final[Mapping[str, Bilingual]] = {
    Why.OUT_OF_VIEW: Bilingual("不在画面内", "out of the picture"),
    Why.TOO_SMALL: Bilingual("画面中太小，看不清双手", "too small to see hands"),
    Why.TOO_DARK: Bilingual("太暗或画面无内容", "too dark, or the picture shows nothing"),
    Why.OCCLUDED: Bilingual("被物体遮挡", "something stands before it"),
    Why.NO_RECORDING: Bilingual("没有录像", "no recording"),
    Why.NOT_REGISTERED: Bilingual(
        "画面与参考画面对不上，机位不明", "the picture could not be placed on the reference picture"
    ),
    Why.HIDDEN_BY_PERSON: Bilingual("被人挡住，无法判断", "people hide it, so it cannot be told"),
    Why.PARTLY_HIDDEN: Bilingual("部分被挡或陈设变化，无法判断", "partly hidden or changed, so it cannot be told"),
    Why.PLAIN_STATION: Bilingual("工位表面没有可比对的纹理", "nothing on the station can be compared"),
    Why.NO_PICTURE: Bilingual("前后十秒内没有可解码的画面", "no picture within ten seconds"),
    Why.NOT_READ: Bilingual("录像无法读取", "the recording could not be read"),
    Why.NOT_PLACED: Bilingual("未申报录像首帧时间", "the recording's start is not declared"),
    Why.BAD_REFERENCE: Bilingual("参考画面无法使用", "the reference picture cannot be used"),
}

STATE_WORDS: Final[Mapping[Coverage, Bilingual]] = {
    Coverage.COVERED: Bilingual("已覆盖", "covered"),
    Coverage.UNCOVERED: Bilingual("疑似未覆盖", "seems uncovered"),
    Coverage.UNKNOWN: Bilingual("无法判断", "cannot be told"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Minutes of one station that are alike: place in drawing units, state, and words for a pointer over it."""

    x: float
    width: float
    state: str
    occupied: bool
    title: str


@dataclass(frozen=True, slots=True)
class RowView:
    """One station: its name, height in the picture, cells, share of the time in each state, and the usual reasons.

    Where nothing of the time could be measured there is no share of what was covered, not one of 0.
    """

    name: str
    y: int
    cells: tuple[Cell, ...]
    covered_percent: float | None
    uncovered_percent: float | None
    unknown_percent: float
    reasons: tuple[Bilingual, ...]
    occupied_minutes: int | None


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The coverage matrix.

    Attributes:
        venue: its name.
        axis: the practical time.
        rows: one per station.
        bottom: where the axis lies, drawing units.
        height: of the whole picture.
        no_people: why nobody looked for people; ``None`` where somebody did.
        numbers: stations against trainees.
    """

    venue: str
    axis: TimeAxis
    rows: tuple[RowView, ...]
    bottom: int
    height: int
    no_people: Bilingual | None
    numbers: Bilingual


def matrix_view(coverage: StationCoverage, declared: int | None = None, trainees: int | None = None) -> MatrixView:
    """The matrix as it is drawn.

    Args:
        coverage: what was measured.
        declared: number of stations that the class file declares; ``None`` where it declares none.
        trainees: present by their signatures; ``None`` where that is not known.
    """
    start = _EPOCH + timedelta(microseconds=coverage.window.start_ns // 1000)
    axis = TimeAxis(coverage.window.length_ns, start)
    rows = tuple(_row(row, coverage, axis, TOP + number * ROW_HEIGHT) for number, row in enumerate(coverage.rows))
    bottom = TOP + len(rows) * ROW_HEIGHT
    why = coverage.people_reason
    return MatrixView(
        coverage.venue,
        axis,
        rows,
        bottom,
        bottom + AXIS_HEIGHT,
        None if why is None else looked_up(NO_HEADCOUNT, why),
        numbers_note(station_numbers(coverage, declared, trainees)),
    )


def numbers_note(numbers: StationNumbers) -> Bilingual:
    """Stations against trainees in one sentence; what is not known is said so."""
    zh, en = [f"场地布局标出工位 {numbers.stations} 个"], [f"{numbers.stations} stations in the layout"]
    if numbers.declared is not None:
        zh.append(f"申报 {numbers.declared} 个")
        en.append(f"{numbers.declared} declared")
    zh.append("可见工位数不明" if numbers.in_view is None else f"能判断的各分钟均可见的 {numbers.in_view} 个")
    en.append(
        "how many were in view is not known"
        if numbers.in_view is None
        else f"{numbers.in_view} in view in every minute that could be judged"
    )
    zh.append("使用情况不明" if numbers.most_used is None else f"同一分钟内最多 {numbers.most_used} 个有人")
    en.append(
        "how many were used is not known" if numbers.most_used is None else f"{numbers.most_used} used at once at most"
    )
    if numbers.trainees is None or numbers.per_trainee is None:
        zh.append("到课学员人数不明")
        en.append("the number of trainees present is not known")
    else:
        zh.append(f"签名学员 {numbers.trainees} 人，每人 {numbers.per_trainee:.2f} 个工位")
        en.append(f"{numbers.trainees} trainees signed, {numbers.per_trainee:.2f} stations a trainee")
    return Bilingual("，".join(zh) + "。仅供参考，不作判定。", "; ".join(en) + ". A note, not a verdict.")


def _row(row: StationRow, coverage: StationCoverage, axis: TimeAxis, y: int) -> RowView:
    cells = []
    numbered = list(enumerate(row.minutes))
    for (state, reason, occupied), group in groupby(numbered, key=lambda m: (m[1].state, m[1].reason, m[1].occupied)):
        minutes = [number for number, _ in group]
        span = Interval(coverage.minute(minutes[0]).start_ns, coverage.minute(minutes[-1]).end_ns)
        shown = span.shift(-coverage.window.start_ns)
        left, right = axis.x(shown.start_ns), axis.x(shown.end_ns)
        words = [STATE_WORDS[state], *([] if reason is None else [_why(reason)])]
        title = f"{row.name} {axis.wall(shown.start_ns)}: " + " / ".join(f"{w.zh} {w.en}" for w in words)
        cells.append(Cell(left, round(right - left, 2), state.value, occupied is True, title))
    known = [minute.occupied for minute in row.minutes if minute.occupied is not None]
    usual = dict.fromkeys(minute.reason for minute in row.minutes if minute.reason is not None)
    is_measured = any(minute.state is not Coverage.UNKNOWN for minute in row.minutes)
    return RowView(
        name=row.name,
        y=y,
        cells=tuple(cells),
        covered_percent=_percent(row, Coverage.COVERED, coverage.window.length_ns) if is_measured else None,
        uncovered_percent=_percent(row, Coverage.UNCOVERED, coverage.window.length_ns) if is_measured else None,
        unknown_percent=_percent(row, Coverage.UNKNOWN, coverage.window.length_ns),
        reasons=tuple(_why(reason) for reason in usual),
        occupied_minutes=sum(known) if known else None,
    )


def _percent(row: StationRow, state: Coverage, whole_ns: int) -> float:
    """Rounded down to a tenth: 94.96 must not read as 95."""
    return row.time_ns[state] * 1000 // max(1, whole_ns) / 10


def _why(reason: str) -> Bilingual:
    return looked_up(WHY_WORDS, reason)


def uncovered(measured: Measured) -> Iterable[Bilingual]:
    """What a ``station_uncovered`` rests on."""
    station, reason = measured.text("station"), measured.text("reason")
    if station is not None and reason is not None:
        why = _why(reason)
        yield Bilingual(
            f"工位 {station} 在此期间没有任何机位拍到：{why.zh}。",
            f"No camera showed station {station} here: {why.en}.",
        )


def idle(measured: Measured) -> Iterable[Bilingual]:
    """What a ``station_idle`` rests on."""
    station = measured.text("station")
    if station is not None:
        minutes = measured.length_ns // (60 * NS_PER_S)
        yield Bilingual(
            f"工位 {station} 在画面内，{minutes} 分钟无人、无动作。",
            f"Station {station} was in view, with nobody at it and nothing moving for {minutes} minutes.",
        )
