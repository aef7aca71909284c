import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.service.settings import PREFIX, Settings, SettingsError, describe_settings, load_settings

DOCS = Path(__file__).parents[2] / "docs"
VARIABLES = [PREFIX + name.upper() for name in Settings.model_fields]


def test_without_variables_everything_has_a_default() -> None:
    settings = load_settings({})
    assert (settings.host, settings.port, settings.store, settings.people) == ("127.0.0.1", 8765, "local", True)


def test_only_what_is_handed_over_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESSONPROOF_PORT", "1234")
    assert load_settings({}).port == 8765
    assert load_settings().port == 1234


def test_values_are_read() -> None:
    settings = load_settings(
        {
            "LESSONPROOF_ENABLED_DRAFTS": "SX, XX,",
            "LESSONPROOF_DATA_DIR": "/d",
            "LESSONPROOF_PEOPLE": "false",
            "HOME": "/",
        }
    )
    assert settings.enabled_drafts == frozenset({"SX", "XX"})
    assert (settings.data_dir, settings.people) == (Path("/d"), False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "http"),
        ("LANGUAGE", "fr"),
        ("STORE", "ftp"),
        ("MAX_UPLOAD_BYTES", "10"),
        ("PARALLEL_JOBS", "0"),
        ("PEOPLE", "perhaps"),
    ],
)
def test_values_out_of_bounds_are_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"LESSONPROOF_{name}"):
        load_settings({PREFIX + name: value})


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1).filter(lambda name: PREFIX + name not in VARIABLES))
def test_unknown_variables_are_refused(name: str) -> None:
    if "_TEST_" in PREFIX + name or PREFIX + name in {"LESSONPROOF_DATA", "LESSONPROOF_DESIGN"}:
        return
    with pytest.raises(SettingsError, match="unknown settings"):
        load_settings({PREFIX + name: "x"})


def test_secrets_show_nowhere() -> None:
    names = ("DATABASE_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY")
    settings = load_settings({PREFIX + name: "hidden-value" for name in names})
    assert "hidden-value" not in repr(settings)
    assert "hidden-value" not in "\n".join(describe_settings(settings))


def test_every_setting_says_what_it_means_in_both_languages() -> None:
    for name, field in Settings.model_fields.items():
        assert re.search("[a-z].* / .*[\u4e00-\u9fff]", field.description or ""), name


@pytest.mark.parametrize("page", ["serve.md", "serve.zh-CN.md"])
def test_every_setting_stands_in_the_documentation(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert [variable for variable in VARIABLES if f"`{variable}`" not in text] == []
