import json
from pathlib import Path
from typing import Any

import pytest

from lessonproof.documents.class_models import WrittenClassFile
from lessonproof.documents.class_schema import class_file_schema

DOCS = Path(__file__).parents[2] / "docs"


def test_the_published_schema_is_up_to_date() -> None:
    published = (DOCS / "class-file.schema.json").read_text(encoding="utf-8")
    assert published == json.dumps(class_file_schema(), ensure_ascii=False, indent=2) + "\n", (
        "write docs/class-file.schema.json anew: see docs/class-file.md"
    )


def _fields(node: Any) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        return [field for item in node for field in _fields(item)]
    if not isinstance(node, dict):
        return []
    own = list(node.get("properties", {}).items()) if isinstance(node.get("properties"), dict) else []
    return own + [field for value in node.values() for field in _fields(value)]


def test_every_field_is_described_in_both_languages() -> None:
    fields = _fields(class_file_schema())
    assert len(fields) > 50
    for name, field in fields:
        english, slash, chinese = field["description"].partition(" / ")
        assert english, name
        assert slash, name
        assert not chinese.isascii(), name


@pytest.mark.parametrize("page", ["class-file.md", "class-file.zh-CN.md"])
def test_every_key_stands_in_the_page(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    missing = sorted({name for name, _ in _fields(class_file_schema()) if f"`{name}`" not in text})
    assert missing == []


def test_keys_are_those_of_the_model() -> None:
    keys = {field.alias or name for name, field in WrittenClassFile.model_fields.items()}
    assert set(class_file_schema()["properties"]) == keys
