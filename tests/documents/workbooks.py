"""Workbooks made in memory: ``.xlsx`` by XlsxWriter, ``.ods`` and ``.xls`` by hand, as there is no writer for them."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

Rows = Sequence[Sequence[str]]
NONE = 0xFFFFFFFF
"""No entry, in a compound file."""


def xlsx(write: Callable[[Any], object], **options: object) -> bytes:
    """What ``write`` puts into a new workbook."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, **options}) as book:
        write(book)
    return target.getvalue()


def xlsx_of_text(rows: Rows) -> bytes:
    """One sheet whose cells are text."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet("t")
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text)

    return xlsx(write)


def ods(content_rows: str, *, encrypted: bool = False) -> bytes:
    """One table whose rows are given as XML."""
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="t">{content_rows}</table:table></office:spreadsheet>'
        f"</office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?>'
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            + ("<manifest:encryption-data/>" if encrypted else "")
            + "</manifest:manifest>",
        )
        archive.writestr("content.xml", bytes(999) if encrypted else content)
    return target.getvalue()


def ods_of_text(rows: Rows) -> bytes:
    """One table whose cells are text."""
    return ods("".join(f"<table:table-row>{''.join(map(_ods_text, cells))}</table:table-row>" for cells in rows))


def _ods_text(text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def xls_of_text(rows: Rows) -> bytes:
    """One sheet whose cells are text, as BIFF8 (MS-XLS) in a compound file (MS-CFB)."""
    return xls(
        [
            _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))
            for row, cells in enumerate(rows)
            for column, text in enumerate(cells)
            if text
        ]
    )


def xls_number(row: int, column: int, value: float) -> bytes:
    """The record of a number."""
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def xls(cells: Sequence[bytes], before: bytes = b"") -> bytes:
    """A workbook of one sheet from the records of its cells; ``before`` follows the workbook's first record."""
    begin = struct.pack("<HH", 0x0600, 0x0005) + bytes(12)
    begin_sheet = struct.pack("<HH", 0x0600, 0x0010) + bytes(12)
    named = struct.pack("<BBBB", 0, 0, 1, 0) + b"t"
    sheet_offset = len(_record(0x0809, begin) + before + _record(0x0085, bytes(4) + named) + _record(0x000A, b""))
    book = (
        _record(0x0809, begin)
        + before
        + _record(0x0085, struct.pack("<I", sheet_offset) + named)
        + _record(0x000A, b"")
    )
    return _compound(book + _record(0x0809, begin_sheet) + b"".join(cells) + _record(0x000A, b""))


FILE_PASS = struct.pack("<HH", 0x002F, 54) + struct.pack("<HHH", 1, 1, 1) + bytes(48)
"""The record that says that what follows is encrypted (MS-XLS 2.4.117)."""


def encrypted_workbook() -> bytes:
    """What Excel writes for a workbook with a password: a compound file with other streams (MS-OFFCRYPTO, 2.3.4)."""
    return _compound(b"", ("EncryptedPackage", "EncryptionInfo"))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _compound(stream: bytes, names: Sequence[str] = ("Workbook",)) -> bytes:
    """A compound file with one stream under one name or two, in sectors of 512 bytes."""
    stream = stream.ljust(4096, b"\0")  # shorter ones lie in a stream of their own
    sectors = [stream[start : start + 512].ljust(512, b"\0") for start in range(0, len(stream), 512)]
    n_fat = 1
    while n_fat * 128 < len(sectors) + 1 + n_fat:
        n_fat += 1
    chain = [*range(1, len(sectors)), 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFD] * n_fat]
    fat = struct.pack(f"<{n_fat * 128}I", *chain, *[0xFFFFFFFF] * (n_fat * 128 - len(chain)))
    directory = _entry("Root Entry", 5, child=1, start=0xFFFFFFFE, size=0)
    for right, name in enumerate(names, start=2):
        directory += _entry(name, 2, right=right if right <= len(names) else NONE, start=0, size=len(stream))
    directory += bytes(512 - len(directory))
    first_fat = len(sectors) + 1
    listed = [*range(first_fat, first_fat + n_fat), *[0xFFFFFFFF] * (109 - n_fat)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, n_fat, len(sectors), 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return header + struct.pack("<109I", *listed) + b"".join(sectors) + directory + fat


def _entry(name: str, kind: int, *, start: int, size: int, child: int = NONE, right: int = NONE) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(encoded), kind, 1, NONE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
