"""``lessonproof packs``: the rule packs of this version, and the check of one that somebody writes."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from lessonproof.documents.files import read_small_file
from lessonproof.documents.yaml_source import MAX_BYTES
from lessonproof.policy.pack import RulePack
from lessonproof.policy.packs import load_pack, load_packs
from lessonproof.service.cli.console import print_table, stdout_console

app = typer.Typer(no_args_is_help=True, help="Rule packs, one for each regulation / 规则包")


@app.command("list")
def list_command() -> None:
    """List the rule packs / 列出规则包."""
    table = Table("pack / 规则包", "version / 版本", "in force / 施行", "clauses / 条款", "regulation / 办法", box=None)
    for pack in load_packs():
        table.add_row(pack.pack_id, pack.stamp.version, _in_force(pack), str(len(pack.clauses)), escape(_title(pack)))
    print_table(table)


@app.command("show")
def show_command(prefix: Annotated[str, typer.Argument(metavar="PACK", help="Prefix, such as NK / 前缀")]) -> None:
    """Show the clauses of a rule pack / 显示规则包的条款."""
    packs = load_packs()
    found = [pack for pack in packs if pack.pack_id == prefix]
    if not found:
        known = ", ".join(sorted({pack.pack_id for pack in packs}))
        raise typer.BadParameter(f"no rule pack {prefix}; there are {known} / 没有规则包 {prefix}；现有：{known}")
    for pack in found:
        _print_pack(pack)


@app.command("check")
def check_command(file: Annotated[Path, typer.Argument(metavar="FILE", help="Rule pack (YAML) / 规则包文件")]) -> None:
    """Check a rule pack that you write; exit code 4 names every mistake by file, line and field / 检查规则包文件."""
    pack = load_pack(read_small_file(file, str(file), MAX_BYTES), str(file))
    decided = sum(clause.rule is not None for clause in pack.clauses)
    typer.echo(
        f"{file}: ok: {pack.pack_id} {pack.stamp.version}, {len(pack.clauses)} clauses, {decided} of them by rule\n"
        f"{file}：正确：{pack.pack_id} {pack.stamp.version}，{len(pack.clauses)} 条，其中 {decided} 条由规则判定\n"
        f"sha256:{pack.stamp.sha256}"
    )


def _print_pack(pack: RulePack) -> None:
    console = stdout_console()
    console.print(f"{pack.pack_id} {pack.stamp.version}  {_title(pack)}", markup=False)
    console.print(f"{pack.document.zh} / {pack.document.en}; {_in_force(pack)}", markup=False)
    console.print(f"sha256:{pack.stamp.sha256}\n", markup=False)
    table = Table("clause / 条款", "scope / 范围", "rule / 规则", "quote / 原文", box=None)
    for clause in pack.clauses:
        rule = "by people / 人工" if clause.rule is None else clause.rule.name
        table.add_row(clause.clause_id, clause.scope.value, rule, escape(clause.quote))
    print_table(table)


def _title(pack: RulePack) -> str:
    draft = "  [draft, off until --enable-draft / 征求意见稿，默认关闭]" if pack.draft else ""
    return f"{pack.regulation.zh} / {pack.regulation.en}{draft}"


def _in_force(pack: RulePack) -> str:
    last = pack.terms.valid_until
    return f"{pack.terms.valid_from} – {'' if last is None else last}".rstrip()
