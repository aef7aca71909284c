"""``lessonproof verify``: judge the units of a class file and write their reports."""

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from lessonproof import __version__
from lessonproof.analysis.veil import Veil
from lessonproof.documents.class_file import at_line, read_class_file
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.photo import FailedPhoto
from lessonproof.evidence.training import ClassFile
from lessonproof.policy.pack import RulePack
from lessonproof.policy.packs import load_packs, select_pack
from lessonproof.service.cli.analyse import analyse_one, cli_clock_reader, cli_counter, cli_speech_detector
from lessonproof.service.cli.console import EXIT_RECORDING, print_table, progress_bar, stderr_console
from lessonproof.service.reports.terms import OUTCOMES
from lessonproof.service.usecases.sheets import with_read_sheets
from lessonproof.service.usecases.verify import (
    RECORDING_IS_LINK,
    RECORDING_NOT_FOUND,
    RECORDING_NOT_HERE,
    JudgedUnit,
    check_fit,
    chosen_units,
    verify_class,
    write_unit,
)
from lessonproof.workers.comparing import comparison_pictures
from lessonproof.workers.photos import PhotoTools
from lessonproof.workers.pipeline import Analysis, veil_of
from lessonproof.workers.stamping import AnalysisSettings
from lessonproof.workers.stations import StationTools

_NOT_THERE: Final = frozenset({RECORDING_NOT_FOUND, RECORDING_NOT_HERE})
_GENERATED_BY: Final = f"LessonProof {__version__}"
_NOT_OPENED: Final = _NOT_THERE | {RECORDING_IS_LINK}


def verify(
    *,
    class_file: Annotated[Path, typer.Argument(metavar="CLASSFILE", help="Class file (YAML) / 班级文件")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results / 结果文件夹")],
    unit: Annotated[
        list[str] | None, typer.Option("--unit", metavar="ID", help="Only this unit; may be repeated / 只检验该单元")
    ] = None,
    recordings: Annotated[
        Path | None,
        typer.Option(
            "--recordings", metavar="DIR", help="Folder of the recordings, if not the class file's / 录像文件夹"
        ),
    ] = None,
    people: Annotated[bool, typer.Option(help="Count people / 统计人数")] = True,
    weights: Annotated[
        str | None, typer.Option(metavar="NAME|PATH", help="Weights of the person detector / 检测模型权重")
    ] = None,
    enable_draft: Annotated[
        list[str] | None,
        typer.Option(
            "--enable-draft", metavar="PACK", help="Switch on a rule pack that is a draft / 启用征求意见稿规则包"
        ),
    ] = None,
) -> None:
    """Judge the units of a class file; writes DIR/UNIT/verdict.json, findings.json, report.html / 检验班级的授课单元.

    Exit code 0 whatever the verdict; 3 where a recording cannot be read (the results are written all the same);
    4 where the class file or rule pack is invalid.
    """
    declared = read_class_file(class_file)
    chosen_units(declared, unit or [])
    pack = choose_pack(class_file, declared, frozenset(enable_draft or []))
    declared = with_read_sheets(declared, class_file.parent)
    units = chosen_units(declared, unit or [])
    _print_photo_problems(declared)
    has_recordings = any(chosen.recordings for chosen in units)
    has_pictures = has_recordings or any(chosen.photos for chosen in units)
    counter = cli_counter(weights) if people and has_pictures else None
    reader = cli_clock_reader() if has_pictures else None
    listener = cli_speech_detector() if has_recordings else None
    settings = AnalysisSettings(with_people=people)
    pictures: dict[str, bytes] = {}
    with progress_bar() as bar:

        def analyse(path: Path) -> Analysis | FailedAnalysis:
            return analyse_one(path, settings, counter, reader, bar, pictures=pictures, listener=listener)

        folder = recordings or class_file.parent
        unit_ids = [chosen.unit_id for chosen in units]
        why_nobody = None if counter is not None else "no_weights" if people else "switched_off"
        stations = StationTools(lambda file: folder / file, class_file.parent, counter, why_nobody)
        veil = veil_of(counter)
        photos = PhotoTools(class_file.parent, counter, why_nobody, reader, veil)
        written = [
            (judged, write_unit(out, judged, pictures | _pictures(folder, judged, veil), _GENERATED_BY, pack))
            for judged in verify_class(declared, pack, folder, analyse, unit_ids, stations=stations, photos=photos)
        ]
    _print_lost_photos([judged for judged, _ in written])
    _print_summary(written)
    if _print_absences([judged for judged, _ in written]):
        raise typer.Exit(EXIT_RECORDING)


def _pictures(folder: Path, judged: JudgedUnit, veil: Veil) -> dict[str, bytes]:
    """Veiled pictures of what the unit's recordings have in common with others."""
    taken: dict[str, bytes] = {}
    for file, comparison in judged.comparisons.items():
        taken |= comparison_pictures(folder / file, comparison.findings, veil)
    return taken


def choose_pack(path: Path, declared: ClassFile, enabled_drafts: frozenset[str]) -> RulePack:
    """The pack that the class file names, checked against it.

    Raises:
        DocumentError: no such pack, a draft that is off, or records of unknown clauses; names file and line.
    """
    try:
        pack = select_pack(load_packs(), declared.rule_pack, declared.training_class.opened_on, enabled_drafts)
    except DocumentError as error:
        raise at_line(path, ("rule_pack",), error) from error
    try:
        check_fit(declared, pack)
    except DocumentError as error:
        known = {clause.clause_id for clause in pack.clauses}
        odd = [index for index, record in enumerate(declared.records) if record.clause_id not in known]
        raise at_line(path, ("records", odd[0], "clause") if odd else (), error) from error
    return pack


def _print_photo_problems(declared: ClassFile) -> None:
    for unit in declared.training_class.units:
        for problem in (problem for sheet in unit.sheets for problem in sheet.problems):
            console = stderr_console()
            console.print(f"{unit.unit_id}: {problem.en}", style="yellow", markup=False)
            console.print(f"{unit.unit_id}：{problem.zh}", style="yellow", markup=False)


def _print_lost_photos(judged_units: list[JudgedUnit]) -> None:
    for judged in judged_units:
        for item in () if judged.case.photos is None else judged.case.photos.photos:
            if isinstance(item.result, FailedPhoto):
                console = stderr_console()
                console.print(f"{judged.unit_id}: {item.result.en}", style="yellow", markup=False)
                console.print(f"{judged.unit_id}：{item.result.zh}", style="yellow", markup=False)


def _print_absences(judged_units: list[JudgedUnit]) -> bool:
    """Name the recordings that were never opened; say whether any other one could not be read (told already)."""
    failures = {
        file: result
        for judged in judged_units
        for file, result in judged.case.dossiers.items()
        if isinstance(result, FailedAnalysis)
    }
    for failure in failures.values():
        if failure.code in _NOT_OPENED:
            console = stderr_console()
            console.print(failure.en, style="yellow", markup=False)
            console.print(failure.zh, style="yellow", markup=False)
    return any(failure.code not in _NOT_THERE for failure in failures.values())


def _print_summary(written: list[tuple[JudgedUnit, Path]]) -> None:
    table = Table("unit / 单元", "outcome / 结论", "hours / 课时", "findings / 发现", box=None)
    table.add_column("report / 报告", overflow="fold")
    for judged, report in written:
        words = OUTCOMES[judged.verdict.outcome][0]
        payable = judged.verdict.payable_class_hours
        findings = sum(len(r.findings) for r in judged.case.dossiers.values() if isinstance(r, Dossier))
        findings += sum(len(p.findings) for p in (() if judged.case.photos is None else judged.case.photos.photos))
        hours = f"{'-' if payable is None else payable} / {judged.case.unit.class_hours}"
        table.add_row(judged.unit_id, f"{judged.verdict.outcome.value} {words.zh}", hours, str(findings), str(report))
    print_table(table)
