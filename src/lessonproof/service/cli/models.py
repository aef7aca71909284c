"""``lessonproof models``: the weights of the learned models."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from lessonproof.models.transfer import import_weights, pull_weights
from lessonproof.models.weights import default_cache_dir, list_weights
from lessonproof.service.cli.console import progress_bar, stdout_console
from lessonproof.service.counting import weights_places
from lessonproof.service.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Weights of the learned models / 模型权重")


@app.command("list")
def list_command() -> None:
    """List known weights and which of them are here / 列出权重."""
    table = Table("name", "state", "MB", "licence", "where", box=None)
    for line in list_weights(weights_places(load_settings().models)):
        entry = line.entry
        megabytes = f"{entry.size_bytes / 1e6:.1f}"
        table.add_row(
            entry.name, line.state.value, megabytes, entry.licence, "" if line.path is None else str(line.path)
        )
    stdout_console().print(table)


@app.command("pull")
def pull_command(name: Annotated[str, typer.Argument(help="Name in the list / 名称")]) -> None:
    """Download weights from their publisher (needs internet) / 从发布者下载权重（需要联网）."""
    with progress_bar() as bar:
        task = bar.start(name)
        found = pull_weights(
            name,
            _cache_dir(),
            progress=lambda received, expected: bar.update(task, received / max(1, expected)),
        )
    typer.echo(f"{found.entry.name}: {found.path}")


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File or folder with weights / 权重文件或文件夹")],
    name: Annotated[str | None, typer.Option(help="Name for weights that no manifest knows / 自有权重的名称")] = None,
    licence: Annotated[str | None, typer.Option(help="Their licence / 许可证")] = None,
    allow_unknown: Annotated[
        bool, typer.Option("--allow-unknown", help="Accept weights that no manifest knows / 接受清单外的权重")
    ] = False,
) -> None:
    """Copy weights from a file into the cache (no internet needed) / 从文件导入权重（离线）."""
    found = import_weights(file, _cache_dir(), allow_unknown=allow_unknown, name=name, licence=licence)
    typer.echo(f"{found.entry.name}: {found.path}")


def _cache_dir() -> Path:

    return default_cache_dir(os.environ.get("XDG_CACHE_HOME"), Path.home())
