"""Slots: under which name an upload is matched with the recordings that a class file names.

People upload files, not folders: a recording ``recordings/T1.mp4`` of the class file is the slot ``T1.mp4``. Names are
compared in Unicode's composed form, because systems differ in how they write accents and Hangul into file names.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

from lessonproof.evidence.errors import InputError
from lessonproof.storage.errors import AmbiguousNameError

DIGEST_PREFIX: Final = "sha256:"
MAX_NAME_BYTES: Final = 255
"""What common file systems take; a longer name never came from one."""


class BadFileNameError(InputError):
    """The name of an upload is empty, too long, holds control characters, or is a path."""

    code = "bad_file_name"


def slot_of(file: str) -> str:
    """The slot of a recording that a class file names."""
    if file.startswith(DIGEST_PREFIX):
        return file
    return unicodedata.normalize("NFC", file).rpartition("/")[2]


def check_file_name(name: str) -> str:
    """The slot that an upload of this name goes to.

    Raises:
        BadFileNameError: it is no plain file name.
    """
    slot = unicodedata.normalize("NFC", name)
    has_control = any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in slot)
    is_path = "/" in slot or "\\" in slot or slot in {"", ".", ".."}
    if has_control or is_path or len(slot.encode(errors="replace")) > MAX_NAME_BYTES:
        raise BadFileNameError(
            f"{name!r} is no plain file name (no folders, no control characters, at most {MAX_NAME_BYTES} bytes)",
            f"{name!r} 不是有效的文件名（不能包含路径或控制字符，最多 {MAX_NAME_BYTES} 字节）",
        )
    return slot


def refuse_ambiguous(files: Iterable[str]) -> None:
    """Refuse a class file in which two different recordings would go to the same slot.

    Raises:
        AmbiguousNameError: names both.
    """
    by_slot: dict[str, str] = {}
    for file in files:
        other = by_slot.setdefault(slot_of(file), file)
        if other != file:
            raise AmbiguousNameError(
                f"the recordings {other!r} and {file!r} have the same file name; an upload could be either, rename one",
                f"录像 {other!r} 与 {file!r} 文件名相同，上传时无法区分，请重命名其中一个",
            )
