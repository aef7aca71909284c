"""The program as a user starts it: a process of its own, an empty home, no settings."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., "subprocess.CompletedProcess[str]"]

_PROGRAM = "from lessonproof.service.cli.main import run; run()"


@pytest.fixture
def cli(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """Run ``lessonproof`` with arguments and further environment variables."""
    home = tmp_path_factory.mktemp("home")

    def started(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LESSONPROOF_")}
        paths = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "NO_COLOR": "1", "COLUMNS": "400"}
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", _PROGRAM, *(str(argument) for argument in arguments)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**inherited, **paths, **environment},
        )

    return started
