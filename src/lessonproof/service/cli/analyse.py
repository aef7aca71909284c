"""``lessonproof analyse``: findings of bare recordings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from lessonproof.analysis.compared import with_comparison
from lessonproof.evidence.codec import findings_document
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.errors import RecordingError
from lessonproof.models.clock_reader import ClockReader
from lessonproof.models.clock_reader_registry import open_clock_reader
from lessonproof.models.errors import ReaderUnavailableError, SpeechDetectorUnavailableError, WeightsMissingError
from lessonproof.models.speech_detector import SpeechDetector
from lessonproof.models.speech_detector_registry import open_speech_detector
from lessonproof.service.cli.console import EXIT_RECORDING, Bar, print_error, printable, progress_bar, stderr_console
from lessonproof.service.counting import find_weights, open_counter
from lessonproof.service.settings import load_settings
from lessonproof.workers.comparing import comparison_pictures
from lessonproof.workers.comparing_here import compare_all
from lessonproof.workers.people import PeopleCounter
from lessonproof.workers.pipeline import Analysis, analyse_recording, failed_analysis, veil_of
from lessonproof.workers.stamping import AnalysisSettings


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
    """Analyse recordings and print their findings (findings.json); several are compared with each other / 检验录像.

    On stdout findings name no pictures, because none are written.
    """
    load_settings()  # a misspelt setting is told even where none is used
    if json_out is not None and not json_out.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {json_out.parent} / 文件夹不存在", param_hint="--json")
    counter = cli_counter(weights) if people else None
    reader, listener = cli_clock_reader(), cli_speech_detector()
    settings = AnalysisSettings(with_people=people)
    pictures: dict[str, bytes] | None = None if json_out is None else {}
    with progress_bar() as bar:
        analysed = [
            (
                printable(str(file)),
                analyse_one(file, settings, counter, reader, bar, pictures=pictures, listener=listener),
            )
            for file in files
        ]
    comparisons = _compare(analysed)
    results = [(file, _judged_on(result, comparisons.get(file))) for file, result in analysed]
    veil = veil_of(counter)
    if json_out is None or pictures is None:
        typer.echo(_as_json([(file, _without_pictures(result)) for file, result in results], comparisons))
    else:
        for path, (file, _) in zip(files, analysed, strict=True):
            pictures.update(comparison_pictures(path, comparisons[file].findings, veil) if file in comparisons else {})
        write_pictures(json_out.absolute().parent, pictures)
        json_out.write_text(_as_json(results, comparisons) + "\n", encoding="utf-8")
    if any(isinstance(result, FailedAnalysis) for _, result in results):
        raise typer.Exit(EXIT_RECORDING)


def _compare(analysed: Sequence[tuple[str, Analysis | FailedAnalysis]]) -> Mapping[str, Comparison]:
    """Compare the files with each other; one alone is compared with nothing."""
    readable = [(file, one.dossier, one.fingerprint) for file, one in analysed if isinstance(one, Analysis)]
    return compare_all(readable) if len(readable) > 1 else {}


def _judged_on(result: Analysis | FailedAnalysis, comparison: Comparison | None) -> Dossier | FailedAnalysis:
    return result if isinstance(result, FailedAnalysis) else with_comparison(result.dossier, comparison)


def _as_json(results: Sequence[tuple[str, Dossier | FailedAnalysis]], comparisons: Mapping[str, Comparison]) -> str:
    return json.dumps(findings_document(results, comparisons), ensure_ascii=False, indent=1)


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
    reader: ClockReader | None,
    bar: Bar,
    *,
    pictures: dict[str, bytes] | None = None,
    listener: SpeechDetector | None = None,
) -> Analysis | FailedAnalysis:
    """Analyse one recording under a progress bar; an unreadable one is told and stands as such in the result."""
    task = bar.start(file.name)
    try:
        return analyse_recording(
            file,
            settings,
            counter,
            lambda share: bar.update(task, share),
            pictures=pictures,
            reader=reader,
            listener=listener,
        )
    except RecordingError as error:
        print_error(error)
        return failed_analysis(error, file)


def cli_clock_reader() -> ClockReader | None:
    """The reader of burned-in clocks for a command; says on stderr where there is none, and goes on without."""
    try:
        return open_clock_reader()
    except ReaderUnavailableError as error:
        console = stderr_console()
        console.print(f"clocks are not read: {error.en}", style="yellow", markup=False)
        console.print(f"不读取画面时钟：{error.zh}", style="yellow", markup=False)
        return None


def cli_speech_detector() -> SpeechDetector | None:
    """Who tells speech from other sound for a command; says on stderr where there is none, and goes on without."""
    try:
        return open_speech_detector()
    except SpeechDetectorUnavailableError as error:
        console = stderr_console()
        console.print(f"roll calls are not listened for: {error.en}", style="yellow", markup=False)
        console.print(f"不听辨点名：{error.zh}", style="yellow", markup=False)
        return None


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
