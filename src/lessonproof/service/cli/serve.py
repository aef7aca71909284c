"""``lessonproof serve``: the whole service on one machine."""

import os
from pathlib import Path
from typing import Annotated

import typer

from lessonproof.service.cli.console import stderr_console
from lessonproof.service.settings import PREFIX


def serve(
    data_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for everything that is kept / 数据文件夹")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on / 监听地址")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port / 端口")] = None,
    people: Annotated[bool | None, typer.Option("--people/--no-people", help="Count people / 统计人数")] = None,
    enable_draft: Annotated[
        list[str] | None, typer.Option(metavar="PACK", help="Switch a draft rule pack on / 启用征求意见稿规则包")
    ] = None,
) -> None:
    """Run the service: upload page, API, analysis / 启动服务：上传页面、接口、检验.

    Options win over the LESSONPROOF_* settings of the same names / 命令行选项优先于同名环境变量.
    """
    # The web framework is loaded by this command alone: the others start faster without it.
    from lessonproof.service.serving import run_service  # noqa: PLC0415

    chosen = {
        "DATA_DIR": data_dir,
        "HOST": host,
        "PORT": port,
        "PEOPLE": people,
        "ENABLED_DRAFTS": None if enable_draft is None else ",".join(enable_draft),
    }
    overrides = {PREFIX + name: str(value) for name, value in chosen.items() if value is not None}
    console = stderr_console()

    def tell(en: str, zh: str) -> None:
        console.print(f"{en} / {zh}", markup=False)

    run_service({**os.environ, **overrides}, tell)
