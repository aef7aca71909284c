"""Edits and honest events as they are typed: ``cut@120:30``, ``speed@60:20,factor=1.5``, ``knock@30:1``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from benchmarks.lessons.spec import Edit, EditKind, HonestEvent, HonestKind, SpecError


def parse_edit(text: str) -> Edit:
    """Read ``kind@start[:length][,name=value...]``, e.g. ``speed@60:20,factor=1.5``.

    Args:
        text: as typed on the command line. Whole-file kinds need no ``@``: ``reencoded``.

    Returns:
        The edit, checked.

    Raises:
        SpecError: unknown kind or field, or a value that is not of the field's type.
    """
    head, *fields = text.split(",")
    name, _, place = head.partition("@")
    try:
        kind = EditKind(name)
    except ValueError as error:
        raise SpecError(f"unknown edit {name!r}; known: {', '.join(EditKind)}") from error
    start, _, length = place.partition(":")
    values: dict[str, Any] = {}
    for field in fields:
        key, equals, value = field.partition("=")
        if key not in _READERS or not equals:
            raise SpecError(f"unknown field {field!r} of {name}; known: {', '.join(_READERS)}")
        values[key] = _read(key, value)
    return Edit(kind=kind, start_s=_number(start or "0"), length_s=_number(length or "0"), **values)


def parse_honest(text: str) -> HonestEvent:
    """Read ``kind@start[:length]``, e.g. ``lights_off@60:20``.

    Raises:
        SpecError: unknown kind, or no numbers where numbers belong.
    """
    name, _, place = text.partition("@")
    start, _, length = place.partition(":")
    try:
        kind = HonestKind(name)
    except ValueError as error:
        raise SpecError(f"unknown honest event {name!r}; known: {', '.join(HonestKind)}") from error
    return HonestEvent(kind, _number(start or "0"), _number(length or "2"))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise SpecError(f"expected a number of seconds, got {text!r}") from error


def _truth(text: str) -> bool:
    if text not in {"yes", "no", "true", "false", "1", "0"}:
        raise SpecError(f"expected yes or no, got {text!r}")
    return text in {"yes", "true", "1"}


def _read(key: str, value: str) -> object:
    try:
        return _READERS[key](value)
    except SpecError:
        raise
    except ValueError as error:
        raise SpecError(f"{key}: cannot read {value!r}") from error


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "factor": float, "source_start_s": float, "shift_s": float,
    "foreign_seed": int, "every_n": int,
    "same_room": _truth, "insert": _truth, "keep_audio": _truth, "clock_runs": _truth, "missing": _truth,
    "flavour": str,
}  # fmt: skip
