import os
from pathlib import Path

import pytest

from lessonproof.documents.files import decode_utf8, read_small_file
from lessonproof.evidence.errors import DocumentError


def test_a_small_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_small_file(tmp_path / "a", "a", 5) == b"12345"


def test_refusals(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"123456")
    (tmp_path / "link").symlink_to(tmp_path / "big")
    os.mkfifo(tmp_path / "pipe")
    for name in ("big", "absent", "pipe", "."):
        with pytest.raises(DocumentError, match=r"^what: "):
            read_small_file(tmp_path / name, "what", 5)
    with pytest.raises(DocumentError, match=r"^what: cannot be opened"):
        read_small_file(tmp_path / "link", "what", 6, follow_links=False)
    assert read_small_file(tmp_path / "link", "what", 6) == b"123456"


def test_text_is_utf8_with_or_without_a_mark() -> None:
    assert decode_utf8("课".encode("utf-8-sig"), "t") == "课"
    with pytest.raises(DocumentError, match=r"^t:2: not UTF-8"):
        decode_utf8(b"a\n\xff", "t")
