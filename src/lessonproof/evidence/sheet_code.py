"""What the QR code of a sign-in sheet says: which class, unit and page it is, and of which roster. No personal data.

``LPS1:<class number>:<unit>:<page>:<pages>:<layout>:<roster digest>:<start YYMMDDHHMM>:<minutes>``, the start in
Asia/Shanghai. Bytes of the texts other than A-Z, 0-9, ``-`` and ``.``
are written as ``%`` and two hexadecimal digits, so that all characters are of QR's alphanumeric set: the code needs
fewer modules, and each can be larger.
"""

import hashlib
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from lessonproof.evidence.errors import InputError
from lessonproof.evidence.training import SHANGHAI, Trainee

_HEAD: Final = "LPS1"
_DIGEST_CHARS: Final = 10
_PLAIN: Final = frozenset((string.ascii_uppercase + string.digits + "-.").encode())
MAX_CODE_CHARS: Final = 114
"""Alphanumeric characters in a QR code of version 4 at its lowest error level (ISO/IEC 18004, table 7)."""
_TEXT: Final = r"((?:[A-Z0-9.-]|%[0-9A-F]{2})+)"
_COUNT: Final = "([1-9][0-9]{0,2})"
_ESCAPE: Final = re.compile(rb"%([0-9A-F]{2})")
_WHEN: Final = "%y%m%d%H%M"
_CODE: Final = re.compile(
    rf"LPS1:{_TEXT}:{_TEXT}:{_COUNT}:{_COUNT}:{_COUNT}:([0-9A-F]{{10}}):([0-9]{{10}}):([1-9][0-9]{{0,4}})", re.ASCII
)


class SheetCodeTooLongError(InputError):
    """Class number and unit are too long for the sheet's QR code (exit code 2)."""

    code: ClassVar[str] = "sheet_code_too_long"


@dataclass(frozen=True, slots=True)
class SheetCode:
    """Which page this is.

    Attributes:
        class_number: class number as declared.
        unit_id: unit.
        page: from 1.
        pages: pages of this unit's sheet, at least ``page``.
        layout: version of the layout.
        roster: :func:`roster_digest` of who is printed on all its pages.
        start: lesson start as printed, to the minute, Asia/Shanghai.
        minutes: length of the lesson as printed, above 0.
    """

    class_number: str
    unit_id: str
    page: int
    pages: int
    layout: int
    roster: str
    start: datetime
    minutes: int

    @property
    def end(self) -> datetime:
        """Lesson end as printed."""
        return self.start + timedelta(minutes=self.minutes)

    def text(self) -> str:
        """What the QR code holds.

        Raises:
            SheetCodeTooLongError: it would not fit.
        """
        texts = (_escaped(self.class_number), _escaped(self.unit_id))
        counts = (str(self.page), str(self.pages), str(self.layout))
        times = (self.start.astimezone(SHANGHAI).strftime(_WHEN), str(self.minutes))
        whole = ":".join((_HEAD, *texts, *counts, self.roster, *times))
        if len(whole) > MAX_CODE_CHARS:
            raise SheetCodeTooLongError(
                f"class number and unit are too long for the sheet's code: {len(whole)} characters of {MAX_CODE_CHARS}",
                f"班级编号和单元编号过长，二维码放不下：{len(whole)} 个字符，最多 {MAX_CODE_CHARS} 个",
            )
        return whole


def _escaped(text: str) -> str:
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in text.encode())


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda escape: bytes([int(escape.group(1), 16)]), text.encode()).decode()


def parse_sheet_code(text: str) -> SheetCode | None:
    """The page that a QR code's text names; ``None`` where it is no code of ours (no version that is known here)."""
    match = _CODE.fullmatch(text)
    if match is None:
        return None
    page, pages, layout, minutes = (int(match.group(index)) for index in (3, 4, 5, 8))
    try:
        class_number, unit_id = (_unescaped(match.group(index)) for index in (1, 2))
        start = datetime.strptime(match.group(7), _WHEN).replace(tzinfo=SHANGHAI)
    except ValueError:  # no UTF-8, or no such minute
        return None
    code = SheetCode(class_number, unit_id, page, pages, layout, match.group(6), start, minutes)
    return code if page <= pages else None


def roster_digest(trainees: Iterable[Trainee]) -> str:
    """Short digest of numbers and names in the order of the rows: another roster has other rows."""
    lines = "\n".join(f"{trainee.number}\t{trainee.name}" for trainee in trainees)
    return hashlib.sha256(lines.encode()).hexdigest()[:_DIGEST_CHARS].upper()
