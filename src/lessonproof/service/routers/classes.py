"""Routes: training classes, and the recordings that are handed in for them."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response, status
from starlette.concurrency import run_in_threadpool

from lessonproof.documents.yaml_source import MAX_BYTES
from lessonproof.service.composition import Services
from lessonproof.service.errors import TooLargeError
from lessonproof.service.routers.common import ServicesDep, problems
from lessonproof.service.usecases.classes import take_class_file
from lessonproof.service.usecases.intake import Upload, announced_digest, announced_size, room_bytes, take_recording
from lessonproof.service.wire import ClassOut, LimitsOut, ReceiptOut, class_out
from lessonproof.storage.listing import class_state, class_states

router = APIRouter(tags=["classes"])

_YAML_BODY = {
    "requestBody": {
        "required": True,
        "description": "the class file, YAML, UTF-8; the roster stands inside it",
        "content": {"application/yaml": {"schema": {"type": "string"}}},
    }
}
_BYTES_BODY = {
    "requestBody": {
        "required": True,
        "description": "the recording's bytes, as they are",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/classes",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=_YAML_BODY,
    responses=problems(
        s413="larger than a class file may be",
        s422="not a valid class file: the message names line, field and what was expected",
    ),
)
async def post_class(
    request: Request,
    services: ServicesDep,
    name: Annotated[str, Query(max_length=255, description="what the file is called; stands in complaints")] = "class",
) -> ClassOut:
    """Hand in a class file: creates the class, or puts a new class file of it in force. Repeating it is harmless."""
    content = await _small_body(request)
    # In a thread: parsing and the database would hold up every other request.
    registered = await run_in_threadpool(take_class_file, services, content, name)
    return await run_in_threadpool(_read_class, services, registered.class_id)


@router.get("/classes")
def list_classes(services: ServicesDep) -> list[ClassOut]:
    """Every class with its units, the oldest first."""
    with services.database.read() as session:
        return [class_out(state) for state in class_states(session)]


@router.get("/classes/{class_id}", responses=problems(s404="no such class"))
def get_class(class_id: str, services: ServicesDep) -> ClassOut:
    """A class with its units."""
    return _read_class(services, class_id)


@router.put(
    "/classes/{class_id}/recordings/{file_name}",
    openapi_extra=_BYTES_BODY,
    responses={
        201: {"model": ReceiptOut, "description": "received"},
        **problems(
            s400="the connection was cut, or a header cannot be understood",
            s404="no such class",
            s408="nothing came for too long",
            s409="another recording of this name was received before",
            s413="larger than recordings may be",
            s422="not a name that the class waits for, or other bytes than were announced",
            s507="no room for it",
        ),
    },
)
async def put_recording(
    class_id: str,
    file_name: str,
    request: Request,
    response: Response,
    services: ServicesDep,
    *,
    replace: Annotated[
        bool, Query(description="take the place of another recording of this name; it stays on record")
    ] = False,
    original_name: Annotated[
        str | None, Query(max_length=255, description="name of the file on the sender's side, if another")
    ] = None,
    x_content_sha256: Annotated[str | None, Header(description="SHA-256 of the body, hexadecimal")] = None,
    content_digest: Annotated[str | None, Header(description="RFC 9530, `sha-256`")] = None,
) -> ReceiptOut:
    """Hand in a recording. Answered when its bytes are on the disk and were read back; repeating it is harmless.

    Whatever goes wrong on the way leaves nothing behind.
    """
    announced = {"x-content-sha256": x_content_sha256, "content-digest": content_digest}
    upload = Upload(
        class_id=class_id,
        file_name=file_name,
        original_name=file_name if original_name is None else original_name,
        may_replace=replace,
        size_bytes=announced_size(request.headers),
        sha256=announced_digest({name: value for name, value in announced.items() if value is not None}),
    )
    receipt = await take_recording(services, upload, request.stream())
    response.status_code = status.HTTP_201_CREATED if receipt.is_new else status.HTTP_200_OK
    return ReceiptOut(
        sha256=receipt.sha256, size_bytes=receipt.size_bytes, received_at=receipt.received_at, is_new=receipt.is_new
    )


@router.get("/limits")
def get_limits(services: ServicesDep) -> LimitsOut:
    """What an upload may be right now; ask before sending gigabytes."""
    return LimitsOut(max_upload_bytes=services.settings.max_upload_bytes, free_bytes=room_bytes(services))


def _read_class(services: Services, class_id: str) -> ClassOut:
    with services.database.read() as session:
        return class_out(class_state(session, class_id))


async def _small_body(request: Request) -> bytes:
    """The body of a document; never more than such a document may have.

    Raises:
        TooLargeError: it is larger.
    """
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > MAX_BYTES:
            raise TooLargeError(
                f"a class file may have at most {MAX_BYTES:,} bytes", f"班级文件不得超过 {MAX_BYTES:,} 字节"
            )
    return bytes(body)
