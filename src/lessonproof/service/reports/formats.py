"""How times, sizes and shares are written in reports. Pure; times in integer nanoseconds from the first picture."""

from datetime import datetime, timedelta

from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.training import SHANGHAI
from lessonproof.evidence.verdict import Bilingual

_NS_PER_CS = NS_PER_S // 100


def clock(time_ns: int, *, with_fraction: bool = False) -> str:
    """``1:20:05``, with hundredths ``1:20:05.24``; cut off, never rounded up into the next picture."""
    seconds, rest_ns = divmod(time_ns, NS_PER_S)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest_ns // _NS_PER_CS:02}" if with_fraction else text


def span(interval: Interval) -> str:
    """``0:20:01.24 – 0:20:04.00``, or one time for an instant."""
    start = clock(interval.start_ns, with_fraction=True)
    return start if interval.length_ns == 0 else f"{start} – {clock(interval.end_ns, with_fraction=True)}"


def length(length_ns: int) -> Bilingual:
    """``3 分 20 秒`` / ``3 min 20 s``, ``5 分钟`` / ``5 min``; below ten seconds with hundredths; or "an instant"."""
    if length_ns == 0:
        return Bilingual("一个时刻", "an instant")
    seconds = length_ns // NS_PER_S
    if seconds < 10:
        text = f"{length_ns / NS_PER_S:.2f}"
        return Bilingual(f"{text} 秒", f"{text} s")
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    whole = "分" if rest else "分钟"
    zh = [f"{hours} 小时"] * (hours > 0) + [f"{minutes} {whole}"] * (minutes > 0) + [f"{rest} 秒"] * (rest > 0)
    en = [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0) + [f"{rest} s"] * (rest > 0)
    return Bilingual(" ".join(zh), " ".join(en))


def wall_clock(started_at: datetime, time_ns: int) -> str:
    """Time of day in Asia/Shanghai at ``time_ns`` into a recording that began at ``started_at``."""
    moment = started_at + timedelta(microseconds=time_ns // 1000)
    return f"{moment.astimezone(SHANGHAI):%H:%M:%S}"


def wall_span(started_at: datetime, interval: Interval) -> str:
    """``08:50:31 – 08:50:34``, or one time where both ends fall into one second."""
    start, end = wall_clock(started_at, interval.start_ns), wall_clock(started_at, interval.end_ns)
    return start if start == end else f"{start} – {end}"


def size(size_bytes: int) -> str:
    """``1,234,567 B (1.2 MB)``."""
    return f"{size_bytes:,} B ({size_bytes / 1e6:.1f} MB)"


def percent(share: float) -> str:
    """``97 %``; never 100 % for anything short of certainty, and never 0 % for anything above none."""
    rounded = round(share * 100)
    if rounded == 100 and share < 1:
        return "> 99 %"
    return "< 1 %" if rounded == 0 and share > 0 else f"{rounded} %"
