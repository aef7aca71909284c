"""The commands on real files: print a sheet, read it back."""

import json
from pathlib import Path

import cv2
from typer.testing import CliRunner

from lessonproof.service.cli.main import app
from tests.analysis.sheets import SIGNED, signed_page

EXAMPLE = Path(__file__).parents[3] / "examples" / "photographed" / "class.yaml"


def test_print_writes_a_pdf(tmp_path: Path) -> None:
    out = tmp_path / "T1.pdf"
    done = CliRunner().invoke(app, ["sheet", "print", str(EXAMPLE), "--unit", "T1", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes().startswith(b"%PDF-")


def test_read_tells_rows_and_names_a_bad_photograph(tmp_path: Path) -> None:
    good, bad, out = tmp_path / "good.png", tmp_path / "bad.png", tmp_path / "out.json"
    cv2.imwrite(str(good), cv2.cvtColor(signed_page(), cv2.COLOR_RGB2BGR))
    bad.write_bytes(b"no picture")
    done = CliRunner().invoke(app, ["sheet", "read", str(good), str(bad), "--json", str(out)])
    assert done.exit_code == 3
    first, second = json.loads(out.read_text(encoding="utf-8"))["sheets"]
    assert {row["row"] for row in first["rows"] if row["mark"] == "signed"} == SIGNED
    assert (first["teacher"]["mark"], first["stamped"], first["page"]) == ("signed", True, 1)
    assert second["error"]["code"] == "photo_unreadable"
    assert "不能据此认定代签" in done.output


def test_a_sheet_of_another_class_is_refused(tmp_path: Path) -> None:
    good = tmp_path / "good.png"
    cv2.imwrite(str(good), cv2.cvtColor(signed_page(), cv2.COLOR_RGB2BGR))
    done = CliRunner().invoke(app, ["sheet", "read", str(good), "--class-file", str(EXAMPLE), "--unit", "T1"])
    assert done.exit_code == 3
    assert "sheet_foreign" in done.output


def test_class_file_and_unit_belong_together(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["sheet", "read", str(tmp_path / "a.jpg"), "--unit", "T1"])
    assert done.exit_code == 2
