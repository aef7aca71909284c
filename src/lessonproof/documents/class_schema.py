"""The JSON schema of class files, for editors: completion, and mistakes shown while typing, in both languages."""

from typing import Any

from lessonproof.documents.class_models import WrittenClassFile


def class_file_schema() -> dict[str, Any]:
    """JSON Schema 2020-12; each description is English, a slash, Chinese."""
    schema = WrittenClassFile.model_json_schema(by_alias=True)
    _merge_languages(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "LessonProof class file / 课证班级文件",
    }


def _merge_languages(node: object) -> None:
    if isinstance(node, list):
        for item in node:
            _merge_languages(item)
    if isinstance(node, dict):
        if isinstance(chinese := node.pop("description_zh", None), str):
            node["description"] = f"{node['description']} / {chinese}"
        for value in node.values():
            _merge_languages(value)
