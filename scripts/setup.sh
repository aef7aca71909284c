#!/usr/bin/env bash
# Install the locked dependencies and this project into a virtual environment. Needs python3 >= 3.11 with pip; no root.
set -euo pipefail
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}
TOOLS=${TOOLS:-.tools}
LOCK=${LOCK:-requirements/lock.txt}

stop() { # what is missing (en), (zh), how to mend it
  printf 'set-up cannot go on: %s\n安装无法继续:%s\n  -> %s\n' "$1" "$2" "$3" >&2
  exit 1
}

command -v "$PYTHON" >/dev/null ||
  stop "$PYTHON is not installed" "未安装 $PYTHON" "apt-get install python3 python3-pip  (or: make PYTHON=/path/to/python3.11)"
"$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' ||
  stop "Python 3.11 to 3.13 is needed, found $("$PYTHON" -V)" "需要 Python 3.11 至 3.13" "make PYTHON=/path/to/python3.11"
"$PYTHON" -m pip --version >/dev/null 2>&1 ||
  stop "pip is missing for $PYTHON" "$PYTHON 缺少 pip" "apt-get install python3-pip"
free_kb=$(df -Pk . | awk 'NR==2 {print $4}')
[ -d "$VENV" ] || [ "$free_kb" -gt 9000000 ] ||
  stop "9 GB of free disk are needed here (PyTorch is large), found $((free_kb / 1000000)) GB" "磁盘空间不足，需要 9 GB" "free some space"

say() { printf '%s\n' "$*" >&2; }

if ! PYTHONPATH=$TOOLS "$PYTHON" -m uv --version >/dev/null 2>&1; then
  say "set-up 1/3: the installer (uv)"
  "$PYTHON" -m pip install --quiet --disable-pip-version-check --no-warn-script-location --root-user-action=ignore \
    --require-hashes --only-binary :all: --target "$TOOLS" -r requirements/uv.txt ||
    stop "uv could not be installed (see above)" "无法安装 uv" "check the network or the package index in pip's configuration, then run it again"
fi

uv() { env -u PIP_FIND_LINKS PYTHONPATH="$TOOLS" "$PYTHON" -m uv "$@"; }

say "set-up 2/3: the locked packages (several GB on first use: PyTorch with its libraries)"
[ -x "$VENV/bin/python" ] || uv venv --quiet --python "$PYTHON" "$VENV"
uv pip sync --quiet --python "$VENV/bin/python" --require-hashes --only-binary :all: "$LOCK" ||
  stop "the locked packages could not be installed (see above)" "无法安装依赖包" "check the network or the package index in uv's configuration, then run it again"

say "set-up 3/3: lessonproof itself"
uv pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation --editable .
"$VENV/bin/python" -c 'import lessonproof' || stop "lessonproof does not import" "lessonproof 无法导入" "make clean, then try again"
