"""``lessonproof doctor``: what is there, what is missing, how to mend it."""

from pathlib import Path

import pytest

from lessonproof.service.cli.doctor import checks
from lessonproof.service.settings import PREFIX, Settings, load_settings
from tests.service.cli.conftest import Cli


def test_it_lists_every_setting_and_how_to_get_weights(cli: Cli) -> None:
    done = cli("doctor")
    assert done.returncode == 0
    assert done.stderr == ""
    for name in Settings.model_fields:
        assert f"{PREFIX}{name.upper()}=" in done.stdout
    assert "weights_missing" in done.stdout
    assert "lessonproof models" in done.stdout


def test_a_misspelt_setting_is_refused(cli: Cli) -> None:
    done = cli("doctor", LESSONPROOF_MODLES="/x")
    assert done.returncode == 2
    assert "LESSONPROOF_MODLES" in done.stderr


def test_what_is_not_well_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = list(checks(load_settings({f"{PREFIX}DATA_DIR": str(tmp_path / "not" / "yet" / "there")})))
    assert {check.what for check in found} >= {"lessonproof", "av", "numpy", "one OpenCV", "weights / 权重"}
    assert all(check.mend for check in found if not check.is_well)
    assert all(check.seen for check in found)


def test_secrets_are_not_shown(cli: Cli) -> None:
    secret_fields = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    assert secret_fields
    done = cli("doctor", **{f"{PREFIX}{name.upper()}": "hunter2-very-secret" for name in secret_fields})
    assert "hunter2-very-secret" not in done.stdout + done.stderr
