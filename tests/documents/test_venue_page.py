"""The pages on stations name every key of a venue file and every reason."""

from pathlib import Path
from typing import Any

import pytest

from lessonproof.documents.venue_models import WrittenVenue
from lessonproof.evidence.station_coverage import Why

DOCS = Path(__file__).parents[2] / "docs"


def _keys(schema: dict[str, Any]) -> set[str]:
    return {key for part in [schema, *schema["$defs"].values()] for key in part["properties"]}


@pytest.mark.parametrize("page", ["stations.md", "stations.zh-CN.md"])
def test_every_key_and_reason_stands_in_the_page(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    names = _keys(WrittenVenue.model_json_schema()) | {why.value for why in Why}
    assert sorted(name for name in names if f"`{name}`" not in text) == []
