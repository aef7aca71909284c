"""Routes: teaching units and the documents of their verdicts."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response, status

from lessonproof.service.access import REPORT_POLICY
from lessonproof.service.composition import Services
from lessonproof.service.routers.common import IMMUTABLE, ServicesDep, problems, stored_document
from lessonproof.service.usecases.classes import do_again
from lessonproof.service.usecases.unblurred import Viewer, stored_note, view_unblurred
from lessonproof.service.wire import AgainOut, UnblurredIn, UnitOut, unit_out
from lessonproof.storage.classes import find_unit
from lessonproof.storage.objects import read_bytes
from lessonproof.storage.overview import unit_states
from lessonproof.storage.results import find_picture, find_verdict
from lessonproof.storage.tables import VerdictRow

router = APIRouter(tags=["units"])
_MISSING: Final = problems(s404="no such unit, or it has no verdict yet")


@router.get("/units")
def list_units(
    services: ServicesDep,
    class_id: Annotated[str | None, Query(description="only units of this class")] = None,
) -> list[UnitOut]:
    """Every unit with its recordings and where it stands."""
    with services.database.read() as session:
        return [unit_out(state) for state in unit_states(session, class_id=class_id)]


@router.get("/units/{unit_id}", responses=problems(s404="no such unit"))
def get_unit(unit_id: str, services: ServicesDep) -> UnitOut:
    """A unit."""
    with services.database.read() as session:
        find_unit(session, unit_id)
        return unit_out(unit_states(session, unit_id=unit_id, with_unlisted=True)[0])


@router.post("/units/{unit_id}/again", status_code=status.HTTP_202_ACCEPTED, responses=problems(s404="no such unit"))
def post_again(unit_id: str, services: ServicesDep) -> AgainOut:
    """Analyse and judge a unit with what is installed now: other weights, other rule packs, or after a failure."""
    return AgainOut(jobs=do_again(services, unit_id))


@router.get("/units/{unit_id}/verdict.json", responses=_MISSING, response_class=Response)
def get_verdict(unit_id: str, request: Request, services: ServicesDep) -> Response:
    """The latest verdict: `lessonproof.verdict/1`."""
    return stored_document(request, services, _verdict(services, unit_id).verdict_sha256, "application/json")


@router.get("/units/{unit_id}/findings.json", responses=_MISSING, response_class=Response)
def get_findings(unit_id: str, request: Request, services: ServicesDep) -> Response:
    """The findings that the latest verdict rests on: `lessonproof.findings/1`."""
    return stored_document(request, services, _verdict(services, unit_id).findings_sha256, "application/json")


@router.get("/units/{unit_id}/report.html", responses=_MISSING, response_class=Response)
def get_report(unit_id: str, request: Request, services: ServicesDep) -> Response:
    """The report of the latest verdict: one file for people, in Chinese and English."""
    headers = {"content-security-policy": REPORT_POLICY}
    sha256 = _verdict(services, unit_id).report_sha256
    return stored_document(request, services, sha256, "text/html; charset=utf-8", headers)


@router.get(
    "/units/{unit_id}/frames/{name}",
    responses=problems(
        s404="no such unit or picture, or no verdict yet",
        s409="kept by a version that blurred nobody; check the unit again",
    ),
    response_class=Response,
)
def get_frame(unit_id: str, name: str, request: Request, services: ServicesDep) -> Response:
    """A picture of a finding or of the head count, JPEG: heads are blurred, or the whole picture is coarse."""
    with services.database.read() as session:
        sha256 = find_picture(session, unit_id, f"frames/{name}")
    stored_note(read_bytes(services.store, sha256))
    return stored_document(request, services, sha256, "image/jpeg", {"cache-control": IMMUTABLE})


@router.post(
    "/units/{unit_id}/frames/{name}/unblurred",
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "the picture as it was taken"},
        **problems(
            s403="this service listens beyond its own machine and has no sign-in",
            s404="no such unit or picture, or no verdict yet",
            s409="kept by a version that blurred nobody; check the unit again",
            s503="cannot be decoded, or cannot be put on record",
        ),
    },
    response_class=Response,
)
def post_unblurred(unit_id: str, name: str, body: UnblurredIn, request: Request, services: ServicesDep) -> Response:
    """See a picture unblurred, JPEG. Who looked, when, at what and why is in the custody ledger before it is sent."""
    address = None if request.client is None else request.client.host
    viewer = Viewer(body.viewer, body.reason, address)
    picture = view_unblurred(services, unit_id, f"frames/{name}", viewer)
    return Response(picture, media_type="image/jpeg", headers={"cache-control": "no-store"})


def _verdict(services: Services, unit_id: str) -> VerdictRow:
    with services.database.read() as session:
        find_unit(session, unit_id)
        return find_verdict(session, unit_id)
