#!/usr/bin/env bash
# Resolve the lock anew: hashes for every file, wheels only, no address of any index.
set -euo pipefail
cd "$(dirname "$0")/.."
uv() { env -u PIP_FIND_LINKS PYTHONPATH=.tools "${PYTHON:-python3}" -m uv "$@"; }
options=(--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --only-binary :all: --quiet)
uv pip compile requirements/uv.in "${options[@]}" -o requirements/uv.txt
uv pip compile pyproject.toml --extra worker --extra dev "${options[@]}" -o requirements/lock.txt
