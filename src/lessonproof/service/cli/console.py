"""What all commands share: where they print, how errors end them, and the progress bar."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from lessonproof.evidence.errors import (
    DocumentError,
    InfrastructureError,
    InputError,
    LessonProofError,
    RecordingError,
)
from lessonproof.evidence.sheet_errors import SheetPhotoError

_WIDE_COLUMNS: Final = 220
EXIT_USAGE: Final = 2
EXIT_RECORDING: Final = 3
EXIT_DOCUMENT: Final = 4
EXIT_SERVICE: Final = 5
_UNBOUNDED_COLUMNS: Final = 4096

# First match wins; the order is from the special to the general.
_EXIT_CODES: Final = (
    (RecordingError, EXIT_RECORDING),
    (SheetPhotoError, EXIT_RECORDING),
    (DocumentError, EXIT_DOCUMENT),
    (InputError, EXIT_USAGE),
    (InfrastructureError, EXIT_SERVICE),
)


def exit_code_of(error: LessonProofError) -> int:
    """The exit code that the command line promises for an error."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), EXIT_SERVICE)


def stderr_console() -> Console:
    """For progress and errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def stdout_console() -> Console:
    """For results that a person reads; nothing is cut off where no terminal sets a width."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE_COLUMNS)


def print_table(table: Table) -> None:
    """Print a table of results; into a file or pipe with whole cells however long, since programs read them."""
    console = stdout_console()
    if not console.is_terminal:
        console = Console(highlight=False, width=_UNBOUNDED_COLUMNS)
    console.print(table)


def print_error(error: LessonProofError) -> None:
    """Both languages, one line each; the second only where it says something else."""
    console = stderr_console()
    console.print(f"error [{error.code}]: {error.en}", style="red", markup=False)
    if error.zh != error.en:
        console.print(f"错误：{error.zh}", style="red", markup=False)


def printable(name: str) -> str:
    """A file's name as JSON can hold it: bytes that are no UTF-8 (names from GBK systems) become replacement marks."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class Bar:
    """A progress bar on stderr; silent where stderr is no terminal but for one line per finished task."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def start(self, name: str) -> TaskID:
        """Begin a task of unknown pace."""
        return self._progress.add_task(name, total=1.0)

    def update(self, task: TaskID, share: float) -> None:
        """Tell the share done, 0..1."""
        self._progress.update(task, completed=share)


@contextmanager
def progress_bar() -> Iterator[Bar]:
    """Show progress while the block runs."""
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as progress:
        yield Bar(progress)
