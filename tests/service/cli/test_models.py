"""``lessonproof models``: list and import, without a network."""

from pathlib import Path

from lessonproof.models.manifest import packaged_manifest
from tests.service.cli.conftest import Cli


def test_the_list_names_all_known_weights(cli: Cli) -> None:
    done = cli("models", "list")
    assert (done.returncode, done.stderr) == (0, "")
    for entry in packaged_manifest().entries:
        assert entry.name in done.stdout
        assert entry.licence in done.stdout


def test_unknown_weights_are_refused_unless_allowed_and_then_stand_in_the_list(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mine.pt"
    file.write_bytes(b"weights of our own")
    refused = cli("models", "import", file)
    assert refused.returncode == 2
    assert "--allow-unknown" in refused.stderr
    assert "清单" in refused.stderr
    taken = cli("models", "import", file, "--allow-unknown", "--name", "ours", "--licence", "our own")
    assert (taken.returncode, taken.stderr) == (0, "")
    assert taken.stdout.startswith("ours: ")
    assert "ours" in cli("models", "list").stdout


def test_nothing_to_import_is_told(cli: Cli, tmp_path: Path) -> None:
    done = cli("models", "import", tmp_path / "none.pt")
    assert done.returncode != 0
    assert "there are no weights" in done.stderr
    assert "Traceback" not in done.stderr
