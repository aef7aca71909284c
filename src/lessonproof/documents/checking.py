"""Pydantic models over YAML: each violation becomes one line ``file:line: field: got …, expected …``, zh and en."""

import difflib
import json
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticUndefined

from lessonproof.documents.yaml_source import YamlDocument, YamlPath, YamlValue
from lessonproof.evidence.errors import DocumentError

M = TypeVar("M", bound=BaseModel)
_CUSTOM: Final = "written_wrong"
_SHOWN_CHARS: Final = 60


class Written(BaseModel):
    """Base of everything that people write: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a document.

    Attributes:
        path: where; the line is that of the nearest existing value.
        got_en: what stands there, English.
        got_zh: the same in Chinese, as a clause (``实际为 3``, ``未知的键``).
        expected_en: what was expected, English.
        expected_zh: the same in Chinese.
    """

    path: YamlPath
    got_en: str
    got_zh: str
    expected_en: str
    expected_zh: str


def described(en: str, zh: str, *, default: Any = PydanticUndefined, alias: str | None = None) -> Any:
    """A field with its meaning in both languages: for the schema, and for the message when it is missing.

    Typed as ``Any`` because Pydantic types ``Field`` so: it stands where a default of the field's type stands.
    """
    return Field(default, alias=alias, description=en, json_schema_extra={"description_zh": zh})


def expected(en: str, zh: str) -> PydanticCustomError:
    """The error that a field validator raises: what was expected, in both languages."""
    return PydanticCustomError(_CUSTOM, "{en}", {"en": en, "zh": zh})


def shown(value: YamlValue) -> tuple[str, str]:
    """How a message quotes a value, English and Chinese; long values are cut."""
    if value is None:
        return "nothing", "实际为空"
    if isinstance(value, dict):
        return f"a mapping with {len(value)} keys", f"实际为含 {len(value)} 个键的映射"
    if isinstance(value, list):
        return f"a list of {len(value)}", f"实际为 {len(value)} 项的列表"
    text = json.dumps(value, ensure_ascii=False)
    text = text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"
    return text, f"实际为 {text}"


def dotted(path: YamlPath) -> str:
    """``units[0].recordings[1].file``; the document itself is ``(document)``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "(document)"


def refuse(document: YamlDocument, problems: Iterable[Problem]) -> DocumentError:
    """One error that lists every problem once, in the order of the file, in both languages."""
    en: dict[str, None] = {}
    zh: dict[str, None] = {}
    for problem in sorted(problems, key=lambda p: document.line_of(p.path)):
        place = f"{document.name}:{document.line_of(problem.path)}: {dotted(problem.path)}"
        en[f"{place}: got {problem.got_en}, expected {problem.expected_en}"] = None
        zh[f"{place}：{problem.got_zh}，应为：{problem.expected_zh}"] = None
    return DocumentError("\n".join(en), "\n".join(zh))


def validate(model: type[M], document: YamlDocument) -> M:
    """Run a model over a document.

    Raises:
        DocumentError: lists every violation with its line.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = [_problem(model, document, details) for details in error.errors(include_url=False)]
        raise refuse(document, problems) from error


def _problem(model: type[BaseModel], document: YamlDocument, details: ErrorDetails) -> Problem:
    path, value = _walk(document.data, details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    if kind == "missing":
        path = (*path, str(details["loc"][-1]))
        return Problem(path, "no such key", "缺少此项", *_field_meaning(model, path))
    if kind == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        listed = ", ".join(known)
        hint_en, hint_zh = (f" (did you mean {near[0]}?)", f"（是否应为 {near[0]}？）") if near else ("", "")
        return Problem(path, "an unknown key", "未知的键", f"one of {listed}{hint_en}", f"以下之一：{listed}{hint_zh}")
    got_en, got_zh = shown(value)
    return Problem(path, got_en, got_zh, *_expectation(kind, context, details["msg"]))


def _walk(data: YamlValue, loc: Sequence[str | int]) -> tuple[YamlPath, YamlValue]:
    """The part of Pydantic's location that exists in the document (it also names union branches), and its value."""
    path: list[str | int] = []
    value = data
    for part in loc:
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            continue
        path.append(part)
    return tuple(path), value


_PLAIN: Final[Mapping[str, tuple[str, str]]] = {
    "bool_type": ("true or false", "true 或 false"),
    "bool_parsing": ("true or false", "true 或 false"),
    "date_from_datetime_parsing": ("a date such as 2026-03-02", "日期，例如 2026-03-02"),
    "dict_type": ("a mapping (key: value)", "映射（键: 值）"),
    "float_type": ("a number", "数字"),
    "float_parsing": ("a number", "数字"),
    "int_from_float": ("a whole number", "整数"),
    "int_parsing": ("a whole number", "整数"),
    "int_type": ("a whole number", "整数"),
    "list_type": ("a list", "列表"),
    "model_type": ("a mapping (key: value)", "映射（键: 值）"),
    "model_attributes_type": ("a mapping (key: value)", "映射（键: 值）"),
    "string_type": ("text", "文字"),
    "tuple_type": ("a list", "列表"),
}
_BOUNDED: Final[Mapping[str, tuple[str, str]]] = {
    "enum": ("one of {expected}", "以下之一：{expected}"),
    "literal_error": ("one of {expected}", "以下之一：{expected}"),
    "greater_than": ("more than {gt}", "大于 {gt}"),
    "greater_than_equal": ("at least {ge}", "不小于 {ge}"),
    "less_than": ("less than {lt}", "小于 {lt}"),
    "less_than_equal": ("at most {le}", "不大于 {le}"),
    "string_too_long": ("at most {max_length} characters", "不超过 {max_length} 个字符"),
    "string_too_short": ("at least {min_length} characters", "至少 {min_length} 个字符"),
    "string_pattern_mismatch": ("text of the form {pattern}", "符合格式 {pattern} 的文字"),
    "too_long": ("at most {max_length} entries", "不超过 {max_length} 项"),
    "too_short": ("at least {min_length} entries", "至少 {min_length} 项"),
}


def _expectation(kind: str, context: Mapping[str, Any], message: str) -> tuple[str, str]:
    if kind == _CUSTOM:
        return str(context["en"]), str(context["zh"])
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _BOUNDED:
        en, zh = _BOUNDED[kind]
        words = {name: str(value).replace(" or ", ", ") for name, value in context.items()}
        return en.format_map(words), zh.format_map(words)
    return message, message


def _field_meaning(model: type[BaseModel], path: YamlPath) -> tuple[str, str]:
    """A missing field's own description says best what was expected."""
    owner = _model_at(model, path[:-1])
    for name, field in {} if owner is None else owner.model_fields.items():
        if path[-1] in {name, field.alias}:
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            if field.description:
                return field.description, str(extra.get("description_zh", field.description))
    return "a value", "给出此项的值"


def _keys_at(model: type[BaseModel], path: YamlPath) -> list[str]:
    owner = _model_at(model, path)
    return [] if owner is None else [field.alias or name for name, field in owner.model_fields.items()]


def _model_at(model: type[BaseModel], path: YamlPath) -> type[BaseModel] | None:
    current: Any = model
    for part in path:
        current = _step(current, part)
    return next(iter(_models_in(current)), None)


def _step(annotation: Any, part: str | int) -> Any:
    for owner in _models_in(annotation):
        for name, field in owner.model_fields.items():
            if part in {name, field.alias}:
                return field.annotation
    for inner in _unwrapped(annotation):
        if get_origin(inner) in {tuple, list} and isinstance(part, int):
            return get_args(inner)[0]
        if get_origin(inner) in {dict, Mapping}:
            return get_args(inner)[1]
    return None


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    return [a for a in _unwrapped(annotation) if isinstance(a, type) and issubclass(a, BaseModel)]


def _unwrapped(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _unwrapped(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        return [inner for argument in get_args(annotation) for inner in _unwrapped(argument)]
    return [annotation]
