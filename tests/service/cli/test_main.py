"""The program itself: version, help, and the codes that errors end with."""

import pytest

import lessonproof
from lessonproof.evidence.errors import (
    DocumentError,
    EmptyFileError,
    InfrastructureError,
    InputError,
    IntegrityError,
    LessonProofError,
    RecordingError,
    ServiceUnreachableError,
)
from lessonproof.models.errors import WeightsMissingError
from lessonproof.service.cli.console import EXIT_SERVICE, exit_code_of, print_error, printable
from lessonproof.service.settings import SettingsError
from tests.service.cli.conftest import Cli


def test_version(cli: Cli) -> None:
    done = cli("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"lessonproof {lessonproof.__version__}\n", "")


def test_without_a_command_it_shows_the_commands(cli: Cli) -> None:
    done = cli()
    shown = done.stdout + done.stderr
    assert done.returncode == 2
    assert all(name in shown for name in ("analyse", "verify", "serve", "doctor", "models", "packs"))


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (RecordingError, 3),
        (EmptyFileError, 3),
        (DocumentError, 4),
        (InputError, 2),
        (SettingsError, 2),
        (InfrastructureError, 5),
        (IntegrityError, 5),
        (ServiceUnreachableError, 5),
    ],
)
def test_every_error_has_its_exit_code(kind: type[LessonProofError], code: int) -> None:
    assert exit_code_of(kind("en", "zh")) == code


def test_missing_weights_are_not_the_recordings_fault() -> None:
    assert exit_code_of(WeightsMissingError("en", "zh")) == EXIT_SERVICE


def test_an_error_is_told_in_both_languages_and_never_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(RecordingError("[red]a.mp4[/red] broke", "坏了"))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "error [recording_error]: [red]a.mp4[/red] broke" in shown.err
    assert "坏了" in shown.err


def test_one_language_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(RecordingError("only this"))
    assert capsys.readouterr().err.count("only this") == 1


def test_names_from_other_systems_become_printable() -> None:
    assert printable("课堂.mp4") == "课堂.mp4"
    printable("\udcbf\udcce.mp4").encode("utf-8")
