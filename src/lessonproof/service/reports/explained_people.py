"""What was measured behind findings on people: how many at least or at most, against what."""

from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports.measured import Measured, Sentences


def nobody_present(measured: Measured) -> Sentences:
    """How long, and whether the camera shows people at other times."""
    if measured.length_ns <= 0:
        return
    length = measured.length
    yield Bilingual(
        f"{length.zh}内的抽样画面都没有发现人，画面也几乎没有变化。",
        f"For {length.en} no sampled picture shows anybody, and hardly anything moves.",
    )
    if measured.is_true("people_seen_elsewhere"):
        yield Bilingual("同一录像的其他时段能看到人。", "At other times the same recording shows people.")


def no_teacher(measured: Measured) -> Sentences:
    """How long the teaching area stayed empty, and which cameras show it."""
    if measured.length_ns <= 0:
        return
    cameras, length = measured.texts("cameras"), measured.length
    by_zh = f"（机位：{'、'.join(cameras)}）" if cameras else ""
    by_en = f" (cameras: {', '.join(cameras)})" if cameras else ""
    yield Bilingual(
        f"{length.zh}内讲授区没有人站立，也没有动静{by_zh}。",
        f"For {length.en} nobody stands in the teaching area and nothing moves there{by_en}.",
    )


def low_count(measured: Measured) -> Sentences:
    """Signatures against the most that the pictures allow."""
    signed, most = measured.count("signed"), measured.count("people_at_most")
    if signed is None or most is None:
        return
    yield Bilingual(
        f"签名 {signed} 人，这一段每分钟画面中至多 {most} 人{_minutes_zh(measured)}。",
        f"{signed} signed; minute after minute at most {most} people are in view{_minutes_en(measured)}.",
    )


def high_count(measured: Measured) -> Sentences:
    """The roster against the fewest trainees that the pictures allow."""
    enrolled, least = measured.count("enrolled"), measured.count("trainees_at_least")
    staff = measured.count("declared_staff")
    if enrolled is None or least is None or staff is None:
        return
    yield Bilingual(
        f"在册 {enrolled} 人，扣除申报的工作人员 {staff} 人后，"
        f"每分钟画面中至少还有 {least} 人{_minutes_zh(measured)}。",
        f"{enrolled} are enrolled; less the declared staff of {staff}, at least {least} people are in view"
        f"{_minutes_en(measured)}.",
    )


def _minutes_zh(measured: Measured) -> str:
    minutes = measured.count("minutes")
    return "" if not minutes else f"，共 {minutes} 分钟"


def _minutes_en(measured: Measured) -> str:
    minutes = measured.count("minutes")
    return "" if not minutes else f", {minutes} minutes in all"
