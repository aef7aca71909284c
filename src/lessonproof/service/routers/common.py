"""What all routes share."""

from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response

from lessonproof.service.composition import Services
from lessonproof.service.wire import Problem
from lessonproof.storage.objects import read_bytes

Problems = dict[int | str, dict[str, Any]]


def services_of(request: Request) -> Services:
    """What the application was built with."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(services_of)]


def problems(**meanings: str) -> Problems:
    """Document error answers: ``problems(s404="no such unit")``."""
    return {int(status[1:]): {"model": Problem, "description": meaning} for status, meaning in meanings.items()}


IMMUTABLE: Final = "private, max-age=31536000, immutable"


def stored_document(
    request: Request, services: Services, sha256: str, media_type: str, headers: dict[str, str] | None = None
) -> Response:
    """An object as an answer, with its digest as the entity tag; 304 where the caller has it already."""
    tag = f'"{sha256}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", **(headers or {})}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(read_bytes(services.store, sha256), media_type=media_type, headers=headers)
