"""Safe YAML with line numbers: plain values only, and every value knows the line it was written on.

YAML 1.1 turns ``NO`` into false, ``08:30`` into 510, ``0012`` into 10 and ``2026-03-02`` into a date. Here a plain word
is an integer, a decimal number, ``true``/``false`` or ``null`` only where its text would come back unchanged; all else
stays text. Anchors, aliases, tags, merge keys and several documents in one file are refused: a class file or rule pack
needs none of them, and each of them has been a way to attack or confuse a reader.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from lessonproof.evidence.errors import DocumentError

MAX_BYTES: Final = 1 << 20
"""A class file of 200 units takes some 100 kB; a megabyte is a mistake or an attack."""
MAX_NODES: Final = 100_000
MAX_DEPTH: Final = 24

YamlValue = None | bool | int | float | str | list["YamlValue"] | dict[str, "YamlValue"]
YamlPath = tuple[str | int, ...]

# libyaml where PyYAML was built with it (every wheel on PyPI): the same events, ten times as fast.
_LOADER: Final = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# No leading zero or plus sign: 0012 is a class number, +86 a dialling code. 15 digits fit a float, which is what some
# readers of JSON make of them; an 18-digit identity number stays text.
_INT: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML 1.1 section 5.1 leaves out; looked for here because the parser tells no line for it."""
_FLOAT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A YAML file that was read.

    Attributes:
        name: what the user calls it; stands in front of every message.
        data: plain values; mappings keep their order, keys are text as written.
        lines: line of each value by its path, counted from 1; of an entry of a mapping the line of its key.
    """

    name: str
    data: YamlValue
    lines: Mapping[YamlPath, int]

    def line_of(self, path: YamlPath) -> int:
        """Line of the value at ``path``, or of the nearest value around it that exists."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return self.lines.get((), 1)


def load_yaml(text: str, name: str) -> YamlDocument:
    """Read YAML.

    Args:
        text: the file's content.
        name: what the user calls the file.

    Raises:
        DocumentError: not YAML, or YAML of a kind that is refused here; the message names the line.
    """
    try:
        size_bytes = len(text.encode())
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise _refused(name, line, "the file is not valid Unicode text", "文件不是有效的 Unicode 文本") from error
    if (found := _FORBIDDEN.search(text)) is not None:
        line, code = text.count("\n", 0, found.start()) + 1, f"U+{ord(found.group()):04X}"
        raise _refused(name, line, f"the control character {code} stands in the text", f"文本中含有控制字符 {code}")
    if size_bytes > MAX_BYTES:
        raise _refused(
            name,
            1,
            f"the file has {size_bytes:,} bytes; expected at most {MAX_BYTES:,}",
            f"文件有 {size_bytes:,} 字节；最多 {MAX_BYTES:,} 字节",
        )
    builder = _Builder(name)
    try:
        data = builder.build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        what = error.problem or error.context or "syntax error"
        raise _refused(name, line, f"not valid YAML: {what}", f"YAML 语法错误：{what}") from error
    return YamlDocument(name, data, builder.lines)


def resolve_plain(text: str) -> bool | int | float | str | None:
    """The value of a word written without quotes."""
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _INT.fullmatch(text) and text != "-0":
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


class _Builder:
    """Builds values from parser events, noting lines; the events are pulled one by one, so a bomb stops early."""

    def __init__(self, name: str) -> None:
        self.lines: dict[YamlPath, int] = {(): 1}
        self._name = name
        self._nodes = 0
        self._events: Iterator[yaml.Event] = iter(())

    def build(self, text: str) -> YamlValue:
        self._events = yaml.parse(text, Loader=_LOADER)
        next(self._events)  # the stream begins
        data: YamlValue = None
        first = next(self._events)
        if isinstance(first, yaml.DocumentStartEvent):
            event = next(self._events)
            self.lines[()] = _line(event)
            data = self._value(event, ())
            next(self._events)  # the document ends
            after = next(self._events)
            if isinstance(after, yaml.DocumentStartEvent):
                raise _refused(
                    self._name,
                    _line(after),
                    "a second document begins; expected one per file",
                    "一个文件只能有一个 YAML 文档",
                )
        return data

    def _value(self, event: yaml.Event, path: YamlPath) -> YamlValue:
        self._check(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        if not isinstance(event, yaml.ScalarEvent):
            raise TypeError(f"the YAML parser gave {event!r} where a value begins")
        return resolve_plain(event.value) if event.implicit[0] else event.value

    def _mapping(self, path: YamlPath) -> YamlValue:
        found: dict[str, YamlValue] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            self._check(event, path)
            if not isinstance(event, yaml.ScalarEvent):
                raise _refused(
                    self._name,
                    _line(event),
                    "a key must be a plain word, not a list or mapping",
                    "键必须是文字，不能是列表或映射",
                )
            key, here = event.value, (*path, event.value)
            if key in found:
                raise _refused(
                    self._name,
                    _line(event),
                    f"key {key!r} was given already on line {self.lines[here]}",
                    f"键 {key!r} 重复，已在第 {self.lines[here]} 行给出",
                )
            self.lines[here] = _line(event)
            found[key] = self._value(next(self._events), here)
        return found

    def _sequence(self, path: YamlPath) -> YamlValue:
        found: list[YamlValue] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*path, len(found))
            self.lines[here] = _line(event)
            found.append(self._value(event, here))
        return found

    def _check(self, event: yaml.Event, path: YamlPath) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise _refused(
                self._name,
                _line(event),
                f"too large or too deep; expected at most {MAX_NODES:,} values, {MAX_DEPTH} levels deep",
                f"内容过多或嵌套过深；最多 {MAX_NODES:,} 个值、{MAX_DEPTH} 层",
            )
        if getattr(event, "anchor", None) is not None:
            raise _refused(
                self._name,
                _line(event),
                "anchors and aliases (&, *) are refused; write the value out",
                "不支持锚点和别名（&、*），请直接写出内容",
            )
        if getattr(event, "tag", None) is not None:
            raise _refused(
                self._name,
                _line(event),
                "tags (!) are refused; put text in quotes instead",
                "不支持标签（!），文字请加引号",
            )


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else int(event.start_mark.line) + 1


def _refused(name: str, line: int, en: str, zh: str) -> DocumentError:
    return DocumentError(f"{name}:{line}: {en}", f"{name}:{line}：{zh}")
