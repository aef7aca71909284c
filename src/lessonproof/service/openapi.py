"""Writes the API's OpenAPI document: ``python -m lessonproof.service.openapi docs/openapi.json``."""

import json
import sys
import tempfile
from pathlib import Path

from lessonproof.service.app import create_app
from lessonproof.service.composition import open_services
from lessonproof.service.settings import load_settings
from lessonproof.service.supervision import WorkerState


def interface() -> str:
    """The OpenAPI document of this version."""
    with tempfile.TemporaryDirectory() as folder:
        services = open_services(load_settings({"LESSONPROOF_DATA_DIR": folder, "LESSONPROOF_PEOPLE": "false"}))
        app = create_app(services, lambda: WorkerState.STOPPED)
        return json.dumps(app.openapi(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(interface(), encoding="utf-8")
