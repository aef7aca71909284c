from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import lessonproof.policy
from lessonproof.evidence.errors import DocumentError
from lessonproof.policy.pack import RulePack
from lessonproof.policy.packs import load_packs
from lessonproof.service.cli.main import app

PACKS = Path(lessonproof.policy.__file__).parent / "packs"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["packs", *arguments])


def test_list_names_every_pack_and_says_which_is_a_draft() -> None:
    output = _run("list").stdout
    for pack in load_packs():
        assert pack.pack_id in output
        assert pack.regulation.zh in output
    assert output.count("--enable-draft") == 1


@pytest.mark.parametrize("pack", load_packs(), ids=lambda pack: pack.pack_id)
def test_show_lists_every_clause_with_its_words(pack: RulePack) -> None:
    output = _run("show", pack.pack_id).stdout
    assert pack.stamp.sha256 in output
    for clause in pack.clauses:
        assert clause.clause_id in output


def test_show_of_an_unknown_pack_is_wrong_usage() -> None:
    result = _run("show", "XX")
    assert result.exit_code == 2
    assert "NK" in result.stderr


@pytest.mark.parametrize("path", sorted(PACKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_check_accepts_our_own(path: Path) -> None:
    result = _run("check", str(path))
    assert result.exit_code == 0
    assert "ok" in result.stdout


def test_check_names_file_line_and_field(tmp_path: Path) -> None:
    text = (PACKS / "nankai.yaml").read_text(encoding="utf-8").replace("draft: false", "draft: perhaps", 1)
    line = text[: text.index("draft: perhaps")].count("\n") + 1
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    result = _run("check", str(path))
    assert isinstance(result.exception, DocumentError)
    assert f'{path}:{line}: draft: got "perhaps", expected true or false' in result.exception.en


def test_check_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = _run("check", str(tmp_path / "absent.yaml"))
    assert isinstance(result.exception, DocumentError)
