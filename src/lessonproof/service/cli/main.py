"""The program ``lessonproof``: its commands and the one place where errors become exit codes."""

import sys
from typing import Annotated

import typer

from lessonproof import __version__
from lessonproof.evidence.errors import LessonProofError
from lessonproof.service.cli import models, packs, sheet
from lessonproof.service.cli.analyse import analyse
from lessonproof.service.cli.console import exit_code_of, print_error
from lessonproof.service.cli.doctor import doctor
from lessonproof.service.cli.serve import serve
from lessonproof.service.cli.verify import verify

app = typer.Typer(
    name="lessonproof",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Checks the video evidence of subsidised vocational lessons / 课证：职业技能培训录像检验.",
)
app.command("analyse")(analyse)
app.command("verify")(verify)
app.command("serve")(serve)
app.command("doctor")(doctor)
app.add_typer(models.app, name="models")
app.add_typer(packs.app, name="packs")
app.add_typer(sheet.app, name="sheet")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lessonproof {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version / 版本")
    ] = False,
) -> None:
    """Options of the program itself."""


def run() -> None:
    """Entry point: what our own code raised on purpose ends with a message and a code, everything else with a trace."""
    try:
        app()
    except LessonProofError as error:
        print_error(error)
        sys.exit(exit_code_of(error))
