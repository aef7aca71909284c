"""Errors at the border: their status, and that every code is documented."""

import re
from collections import Counter
from http import HTTPStatus
from pathlib import Path

import pytest

from lessonproof.evidence.errors import (
    DocumentError,
    InfrastructureError,
    InputError,
    IntegrityError,
    LessonProofError,
    ServiceUnreachableError,
)
from lessonproof.service.errors import TooLargeError, status_of
from lessonproof.storage.errors import AlreadyReceivedError, NotFoundError, ObjectMissingError, StoreFullError

ROOT = Path(__file__).parents[2]
CODE = re.compile(r'^ +code(?:: ClassVar\[str\])? = "(\w+)"$', re.MULTILINE)
CODES = [
    code for path in sorted((ROOT / "src").rglob("*.py")) for code in CODE.findall(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("x"), HTTPStatus.UNPROCESSABLE_ENTITY),
        (DocumentError("x"), HTTPStatus.UNPROCESSABLE_ENTITY),
        (NotFoundError("x"), HTTPStatus.NOT_FOUND),
        (AlreadyReceivedError("x"), HTTPStatus.CONFLICT),
        (TooLargeError("x"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (StoreFullError("x"), HTTPStatus.INSUFFICIENT_STORAGE),
        (InfrastructureError("x"), HTTPStatus.SERVICE_UNAVAILABLE),
        (ServiceUnreachableError("x"), HTTPStatus.SERVICE_UNAVAILABLE),
        (IntegrityError("x"), HTTPStatus.SERVICE_UNAVAILABLE),
        (ObjectMissingError("x"), HTTPStatus.SERVICE_UNAVAILABLE),
        (LessonProofError("x"), HTTPStatus.INTERNAL_SERVER_ERROR),
    ],
)
def test_the_nearest_class_decides_the_status(error: LessonProofError, status: HTTPStatus) -> None:
    assert status_of(error) is status


def test_codes_are_unique() -> None:
    assert [code for code, times in Counter(CODES).items() if times > 1] == []


@pytest.mark.parametrize("page", ["errors.md", "errors.zh-CN.md"])
def test_every_code_stands_in_the_documentation(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert len(CODES) > 20
    assert [code for code in CODES if f"`{code}`" not in text] == []
