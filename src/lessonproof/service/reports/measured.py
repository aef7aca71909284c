"""Reading what was measured behind a finding, and writing numbers for readers.

``Finding.detail`` comes from stages of any version: what is missing, of another type or out of bounds is unknown here,
and unknown is left out of the sentence, never printed.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lessonproof.evidence.findings import Finding, FindingKind, JsonValue
from lessonproof.evidence.intervals import NS_PER_S, s_to_ns
from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports import formats

Sentences = Iterator[Bilingual]
"""Full sentences, one behind the other."""
_LONGEST_S: Final = 10.0 * 366 * 86_400
_LONGEST_TEXT: Final = 100
_YEAR_OF_NO_DATE: Final = 1970
"""A burned-in clock without a date is read as one of the first day of 1970."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, by name.

    Attributes:
        detail: as in the finding.
        length_ns: length of the finding's stretch; 0 for an instant or where there is no stretch.
    """

    detail: Mapping[str, JsonValue]
    length_ns: int = 0

    @property
    def length(self) -> Bilingual:
        """How long the stretch is."""
        return seconds_words(self.length_ns / NS_PER_S)

    def number(self, name: str, *, low: float = -math.inf, high: float = math.inf) -> float | None:
        """A finite number within bounds, both included; ``None`` where there is none."""
        value = self.detail.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        return float(value) if low <= value <= high else None

    def seconds(self, name: str) -> float | None:
        """A time or length, >= 0 s."""
        return self.number(name, low=0.0, high=_LONGEST_S)

    def share(self, name: str) -> Bilingual | None:
        """A share of 0 to 1 as ``36%`` / ``36 %``."""
        value = self.number(name, low=0.0, high=1.0)
        return None if value is None else percent_words(value)

    def count(self, name: str) -> int | None:
        """A whole number >= 0."""
        value = self.number(name, low=0.0, high=2.0**53)
        return None if value is None else round(value)

    def text(self, name: str) -> str | None:
        """A text with something in it, shortened where it is long."""
        return _shortened(self.detail.get(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list's texts."""
        value = self.detail.get(name)
        found = (_shortened(item) for item in value) if isinstance(value, list | tuple) else ()
        return tuple(text for text in found if text is not None)

    def is_true(self, name: str) -> bool:
        """Whether the value is ``true`` itself."""
        return self.detail.get(name) is True

    def part(self, name: str) -> "Measured":
        """A group of values; empty where there is none."""
        value = self.detail.get(name)
        return Measured(value if isinstance(value, Mapping) else {})

    def shown_time(self, name: str) -> str | None:
        """A moment as the burned-in clock shows it; only the time of day where it shows no date."""
        text = self.text(name)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return f"{moment:%H:%M:%S}" if moment.year <= _YEAR_OF_NO_DATE else f"{moment:%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True, slots=True)
class Support:
    """Another measurement that speaks for the same event (``detail["also"]``).

    Attributes:
        kind: what it found.
        detail: what it measured.
    """

    kind: FindingKind
    detail: Measured


def supports_of(finding: Finding) -> tuple[Support, ...]:
    """What was folded into a finding by merging, in its order."""
    listed = finding.detail.get("also")
    entries = listed if isinstance(listed, list | tuple) else ()
    known = {kind.value: kind for kind in FindingKind}
    found = []
    for entry in entries:
        measured = Measured(entry if isinstance(entry, Mapping) else {})
        kind = known.get(measured.text("kind") or "")
        if kind is not None:
            found.append(Support(kind, measured.part("detail")))
    return tuple(found)


def seconds_words(length_s: float) -> Bilingual:
    """``3.2 秒`` / ``3.2 s``; from ten seconds on in whole hours, minutes and seconds."""
    if length_s >= 9.95:
        return formats.length(round(length_s) * NS_PER_S)
    text = f"{length_s:.2f}" if length_s < 1 else f"{length_s:.1f}"
    text = text.rstrip("0").rstrip(".") or "0"
    return Bilingual(f"{text} 秒", f"{text} s") if text != "0" else Bilingual("不到 0.01 秒", "less than 0.01 s")


def percent_words(share: float) -> Bilingual:
    """``36%`` / ``36 %``; never all or nothing for anything short of it."""
    text = formats.percent(share)
    zh = text.replace(" %", "%").replace("< ", "不到 ").replace("> ", "超过 ")
    return Bilingual(zh, text.replace("< ", "less than ").replace("> ", "more than "))


def place(time_s: float) -> str:
    """A time in the recording: ``0:20:01.24``."""
    return formats.clock(s_to_ns(time_s), with_fraction=True)


def rounded(value: float, digits: int = 1) -> str:
    """A number with few digits: ``96``, ``5.8``, ``1.05``; trailing zeros are left out."""
    text = f"{value:.{digits}f}" if abs(value) < 20 else f"{value:.0f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if short == "-0" else short


def listed(items: Iterable[Bilingual]) -> Bilingual:
    """Items in a row: ``甲、乙`` / ``one, two``."""
    known = list(items)
    return Bilingual("、".join(item.zh for item in known), ", ".join(item.en for item in known))


def joined(sentences: Iterable[Bilingual]) -> Bilingual | None:
    """Sentences one behind the other; ``None`` where there is none."""
    known = list(sentences)
    if not known:
        return None
    return Bilingual("".join(one.zh for one in known), " ".join(one.en for one in known))


def _shortened(value: JsonValue) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    text = " ".join(value.split())
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
