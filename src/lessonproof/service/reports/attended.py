"""Signatures, punches, online logs and counts side by side, as the report's table and as data. Numbers, never names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lessonproof.evidence.attendance import SourceKind
from lessonproof.evidence.training import SHANGHAI
from lessonproof.evidence.verdict import Bilingual, UnitCase
from lessonproof.policy.attended import PUNCH_MARGIN, NotPlaced
from lessonproof.policy.contradictions import (
    CheckRow,
    Contradiction,
    CountContradiction,
    SideBySide,
    TraineeRow,
    side_by_side,
)

MAX_UNPLACED_SHOWN: Final = 20

SOURCES: Final[Mapping[SourceKind, Bilingual]] = {
    SourceKind.PUNCHES: Bilingual("打卡导出", "punch export"),
    SourceKind.ONLINE_LOG: Bilingual("线上学习记录", "online log"),
    SourceKind.SITE_CHECK: Bilingual("现场检查表", "site-check form"),
}
CONTRADICTIONS: Final[Mapping[Contradiction, Bilingual]] = {
    Contradiction.SIGNED_NOT_PUNCHED: Bilingual("已签名，没有打卡", "signed, and did not punch"),
    Contradiction.PUNCHED_NOT_SIGNED: Bilingual("已打卡，没有签名", "punched, and did not sign"),
    Contradiction.SIGNED_NOT_ONLINE: Bilingual("已签名，没有线上记录", "signed, and was not logged in"),
    Contradiction.ONLINE_NOT_SIGNED: Bilingual("有线上记录，没有签名", "was logged in, and did not sign"),
    Contradiction.TWO_PLACES: Bilingual("一分钟内在两处打卡", "punched at two places within a minute"),
    Contradiction.SESSIONS_OVERLAP: Bilingual(
        "同一时间在两门课程或两台设备上学习", "learned two courses or on two devices at one time"
    ),
    Contradiction.LEARNED_TOO_FAST: Bilingual("学习时长超过经过的时间", "more learned than time passed"),
    Contradiction.ONLINE_DURING_LESSON: Bilingual(
        "已签名，授课期间另有线上学习", "signed, and learned online during the lesson"
    ),
}
COUNT_CONTRADICTIONS: Final[Mapping[CountContradiction, Bilingual]] = {
    CountContradiction.SIGNATURES: Bilingual("与签名人数不符", "not as many as signed"),
    CountContradiction.RECORDING: Bilingual("与录像人数不符", "not as many as the recording shows"),
}
NOT_PLACED: Final[Mapping[NotPlaced, Bilingual]] = {
    NotPlaced.AMBIGUOUS_NAME: Bilingual("花名册中有重名", "several on the roster have this name"),
    NotPlaced.NUMBER_AND_NAME_DIFFER: Bilingual("序号与姓名不符", "number and name are not one person's"),
    NotPlaced.NOT_ON_ROSTER: Bilingual("不在花名册中", "not on the roster"),
}
_SIGNED: Final[Mapping[bool | None, Bilingual]] = {
    True: Bilingual("已签", "signed"),
    False: Bilingual("未签", "not signed"),
    None: Bilingual("不明", "unknown"),
}
_UNKNOWN: Final = Bilingual("不明", "unknown")
_NONE: Final = Bilingual("无", "none")


@dataclass(frozen=True, slots=True)
class AttendedRow:
    """One line of the table: a trainee's number and what each source says, in words."""

    number: int
    signed: Bilingual
    punches: Bilingual
    online: Bilingual
    contradictions: tuple[Bilingual, ...]


@dataclass(frozen=True, slots=True)
class CountLine:
    """One count of an inspector beside the others, in words."""

    at: str
    counted: int
    signed: str
    in_view: str
    contradictions: tuple[Bilingual, ...]


@dataclass(frozen=True, slots=True)
class AttendedView:
    """What the report shows of the sources of attendance.

    Attributes:
        rows: a line for each trainee.
        checks: a line for each count of an inspector.
        unplaced: ``file:row`` and why nobody on the roster is meant for sure; at most ``MAX_UNPLACED_SHOWN``.
        more_unplaced: how many more there are.
        silent: sources without a row at the unit's time.
        most_in_view: signatures and what the recordings show at most; ``None`` where that is not exceeded.
        margin_minutes: how far from the unit a punch may lie.
        has_punches: whether the column has anything to say.
        has_online: likewise.
    """

    rows: tuple[AttendedRow, ...]
    checks: tuple[CountLine, ...]
    unplaced: tuple[tuple[str, Bilingual], ...]
    more_unplaced: int
    silent: tuple[Bilingual, ...]
    most_in_view: tuple[int, int] | None
    margin_minutes: int
    has_punches: bool
    has_online: bool


def attended_view(case: UnitCase) -> AttendedView | None:
    """What the report shows; ``None`` where the unit names no source beside its sheet."""
    if not case.unit.attendance:
        return None
    found = side_by_side(case)
    exceeded: tuple[int, int] | None = None
    if found.more_signed_than_seen and found.signed is not None and found.most_in_view is not None:
        exceeded = (found.signed[0], found.most_in_view)
    return AttendedView(
        rows=tuple(_row(row) for row in found.trainees),
        checks=tuple(_count(row) for row in found.checks),
        unplaced=tuple(
            (f"{item.file}:{item.row}", NOT_PLACED[item.reason]) for item in found.unplaced[:MAX_UNPLACED_SHOWN]
        ),
        more_unplaced=max(0, len(found.unplaced) - MAX_UNPLACED_SHOWN),
        silent=tuple(SOURCES[kind] for kind in found.silent),
        most_in_view=exceeded,
        margin_minutes=int(PUNCH_MARGIN.total_seconds()) // 60,
        has_punches=any(file.kind is SourceKind.PUNCHES for file in case.unit.attendance),
        has_online=any(file.kind is SourceKind.ONLINE_LOG for file in case.unit.attendance),
    )


def attendance_document(case: UnitCase) -> dict[str, Any] | None:
    """``attendance.json``: the same as data; ``None`` where the unit names no source beside its sheet."""
    if not case.unit.attendance:
        return None
    found = side_by_side(case)
    return {
        "schema": "lessonproof.attendance/1",
        "unit": case.unit.unit_id,
        "sources": [{"kind": f.kind.value, "file": f.file, "sha256": f.sha256} for f in case.unit.attendance],
        "silent": [kind.value for kind in found.silent],
        "signed": _pair(found.signed),
        "most_in_view": found.most_in_view,
        "more_signed_than_seen": found.more_signed_than_seen,
        "trainees": [_trainee_json(row) for row in found.trainees],
        "checks": [_check_json(row) for row in found.checks],
        "unplaced": _unplaced_json(found),
    }


def _row(row: TraineeRow) -> AttendedRow:
    punches = _UNKNOWN if row.punches is None else _NONE
    if row.punches:
        text = ", ".join(f"{at.astimezone(SHANGHAI):%H:%M}" for at in row.punches)
        punches = Bilingual(text, text)
    online = _UNKNOWN if row.online_s is None else _NONE
    if row.online_s:
        online = Bilingual(f"{row.online_s // 60} 分钟", f"{row.online_s // 60} min")
    if row.progress_percent is not None:
        share = f"{row.progress_percent:g} %"
        online = (
            Bilingual(f"{online.zh}，进度 {share}", f"{online.en}, progress {share}")
            if row.online_s
            else Bilingual(f"进度 {share}", f"progress {share}")
        )
    return AttendedRow(
        row.number, _SIGNED[row.signed], punches, online, tuple(CONTRADICTIONS[kind] for kind in row.contradictions)
    )


def _count(row: CheckRow) -> CountLine:
    return CountLine(
        f"{row.check.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        row.check.trainees,
        _range(row.signed),
        _range(row.in_view),
        tuple(COUNT_CONTRADICTIONS[kind] for kind in row.contradictions),
    )


def _range(held: tuple[int, int] | None) -> str:
    return "–" if held is None else str(held[0]) if held[0] == held[1] else f"{held[0]}-{held[1]}"


def _trainee_json(row: TraineeRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "signed": row.signed,
        "punches": None if row.punches is None else [at.astimezone(SHANGHAI).isoformat() for at in row.punches],
        "online_s": row.online_s,
        "progress_percent": row.progress_percent,
        "suspected": [kind.value for kind in row.contradictions],
    }


def _check_json(row: CheckRow) -> dict[str, Any]:
    return {
        "at": row.check.at.astimezone(SHANGHAI).isoformat(),
        "trainees": row.check.trainees,
        "signed": _pair(row.signed),
        "in_view": _pair(row.in_view),
        "suspected": [kind.value for kind in row.contradictions],
    }


def _unplaced_json(found: SideBySide) -> list[dict[str, Any]]:
    return [
        {"file": u.file, "row": u.row, "reason": u.reason.value, "could_be": sorted(u.could_be)} for u in found.unplaced
    ]


def _pair(held: tuple[int, int] | None) -> list[int] | None:
    return None if held is None else list(held)
