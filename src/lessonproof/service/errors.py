"""The only place where errors become HTTP: RFC 9457 problems with a stable code and both languages."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lessonproof.evidence.errors import InfrastructureError, InputError, LessonProofError
from lessonproof.storage.errors import AlreadyReceivedError, NotFoundError, StoreFullError

PROBLEM_TYPE: Final = "application/problem+json"


class TooLargeError(InputError):
    """What is sent is larger than this service takes."""

    code: ClassVar[str] = "too_large"


class StalledUploadError(InputError):
    """Nothing came for too long; what had come was thrown away."""

    code: ClassVar[str] = "upload_stalled"


class CutUploadError(InputError):
    """The connection ended before the upload did; what had come was thrown away."""

    code: ClassVar[str] = "upload_cut"


class BadHeaderError(InputError):
    """A header of the request cannot be understood."""

    code: ClassVar[str] = "bad_header"


class ForeignOriginError(InputError):
    """The request comes from another site's page, or calls this service by a foreign name."""

    code: ClassVar[str] = "foreign_origin"


class PictureNotBlurredError(InputError):
    """A picture that was kept before people in pictures were made unrecognisable is not shown any more."""

    code: ClassVar[str] = "picture_not_blurred"


class SignInNeededError(InputError):
    """What is asked for is given to people who can be held to their name, and there is no sign-in."""

    code: ClassVar[str] = "sign_in_needed"


class PictureUnavailableError(InfrastructureError):
    """A moment of a stored recording cannot be decoded, or took too long."""

    code: ClassVar[str] = "picture_unavailable"


STATUS: Final[Mapping[type[LessonProofError], HTTPStatus]] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    AlreadyReceivedError: HTTPStatus.CONFLICT,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    StalledUploadError: HTTPStatus.REQUEST_TIMEOUT,
    CutUploadError: HTTPStatus.BAD_REQUEST,
    BadHeaderError: HTTPStatus.BAD_REQUEST,
    ForeignOriginError: HTTPStatus.FORBIDDEN,
    SignInNeededError: HTTPStatus.FORBIDDEN,
    PictureNotBlurredError: HTTPStatus.CONFLICT,
    StoreFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InfrastructureError: HTTPStatus.SERVICE_UNAVAILABLE,
    LessonProofError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The nearest class in an error's line of descent counts."""

REQUEST_INVALID: Final = "request_invalid"
INTERNAL_ERROR: Final = "internal_error"


def status_of(error: LessonProofError) -> HTTPStatus:
    """The HTTP status of one of our errors."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(status: HTTPStatus, code: str, en: str, zh: str) -> JSONResponse:
    """A problem document."""
    body = {
        "type": f"urn:lessonproof:error:{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": en,
        "code": code,
        "en": en,
        "zh": zh,
    }
    return JSONResponse(body, status.value, media_type=PROBLEM_TYPE)


def problem_of(error: LessonProofError) -> JSONResponse:
    """The problem document of one of our errors."""
    return problem(status_of(error), error.code, error.en, error.zh)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error with a problem document."""

    @app.exception_handler(LessonProofError)
    def _ours(_request: Request, error: LessonProofError) -> JSONResponse:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        places = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, REQUEST_INVALID, places, f"请求参数有误：{places}")

    @app.exception_handler(HTTPException)
    def _plain(_request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        answer = problem(status, f"http_{status.value}", status.phrase, status.phrase)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
        # Starlette raises the error again behind this answer, so that it stands in the log with its trace.
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            INTERNAL_ERROR,
            "internal error; see the service's log",
            "服务内部错误，详见服务日志",
        )
