"""``lessonproof analyse``: findings of bare recordings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from lessonproof.evidence.codec import findings_document
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.errors import RecordingError
from lessonproof.models.errors import WeightsMissingError
from lessonproof.service.cli.console import EXIT_RECORDING, Bar, print_error, printable, progress_bar, stderr_console
from lessonproof.service.counting import find_weights, open_counter
from lessonproof.service.settings import load_settings
from lessonproof.workers.pipeline import AnalysisSettings, PeopleCounter, analyse_recording, failed_analysis


def analyse(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings to analyse / 要检验的录像")],
    json_out: Annotated[
        Path | None,
        typer.Option(
            "--json",
            metavar="OUT",
            help="Write findings here, pictures to frames/ beside it / 输出文件（图片在旁）",
        ),
    ] = None,
    people: Annotated[bool, typer.Option(help="Count people / 统计人数")] = True,
    weights: Annotated[
        str | None, typer.Option(metavar="NAME|PATH", help="Weights of the person detector / 检测模型权重")
    ] = None,
) -> None:
    """Analyse recordings and print their findings (findings.json) / 检验录像，输出发现.

    On stdout findings name no pictures, because none are written.
    """
    load_settings()  # a misspelt setting is told even where none is used
    if json_out is not None and not json_out.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {json_out.parent} / 文件夹不存在", param_hint="--json")
    counter = cli_counter(weights) if people else None
    settings = AnalysisSettings(with_people=people)
    pictures: dict[str, bytes] | None = None if json_out is None else {}
    with progress_bar() as bar:
        results = [(printable(str(file)), analyse_one(file, settings, counter, bar, pictures)) for file in files]
    if json_out is None or pictures is None:
        typer.echo(_as_json([(file, _without_pictures(result)) for file, result in results]))
    else:
        write_pictures(json_out.absolute().parent, pictures)
        json_out.write_text(_as_json(results) + "\n", encoding="utf-8")
    if any(isinstance(result, FailedAnalysis) for _, result in results):
        raise typer.Exit(EXIT_RECORDING)


def _as_json(results: Sequence[tuple[str, Dossier | FailedAnalysis]]) -> str:
    return json.dumps(findings_document(results), ensure_ascii=False, indent=1)


def _without_pictures(result: Dossier | FailedAnalysis) -> Dossier | FailedAnalysis:
    if isinstance(result, FailedAnalysis):
        return result
    return replace(result, findings=tuple(replace(finding, evidence=()) for finding in result.findings))


def write_pictures(folder: Path, pictures: Mapping[str, bytes]) -> None:
    """Write pictures under the names that findings know them by, relative to ``folder``."""
    for name, jpeg in pictures.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(jpeg)


def analyse_one(
    file: Path,
    settings: AnalysisSettings,
    counter: PeopleCounter | None,
    bar: Bar,
    pictures: dict[str, bytes] | None = None,
) -> Dossier | FailedAnalysis:
    """Analyse one recording under a progress bar; an unreadable one is told and stands as such in the result."""
    task = bar.start(file.name)
    try:
        return analyse_recording(file, settings, counter, lambda share: bar.update(task, share), pictures)
    except RecordingError as error:
        print_error(error)
        return failed_analysis(error, file)


def cli_counter(weights: str | None) -> PeopleCounter | None:
    """The counter of people for a command; says on stderr where there are no weights, and goes on without.

    Weights that the user named and that are not there are an error instead.
    """
    try:
        found = find_weights(weights, load_settings().models)
    except WeightsMissingError as error:
        if weights is not None:
            raise
        console = stderr_console()
        console.print(f"people are not counted: {error.en}", style="yellow", markup=False)
        console.print(f"不统计人数：{error.zh}", style="yellow", markup=False)
        return None
    return open_counter(found)
