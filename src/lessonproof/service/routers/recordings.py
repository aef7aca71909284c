"""Routes: received recordings, and the jobs that work on them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from lessonproof.service.routers.common import ServicesDep, problems
from lessonproof.service.wire import JobOut, RecordingDetail, job_out, recording_detail
from lessonproof.storage.listing import jobs_page, recording_file
from lessonproof.storage.tables import JobState

router = APIRouter(tags=["recordings"])


@router.get("/recordings/{sha256}", responses=problems(s404="no such recording was received"))
def get_recording(
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of its bytes")], services: ServicesDep
) -> RecordingDetail:
    """A received recording and what was measured on it, the newest first."""
    with services.database.read() as session:
        return recording_detail(recording_file(session, sha256))


@router.get("/jobs")
def list_jobs(
    services: ServicesDep,
    state: Annotated[JobState | None, Query(description="only jobs in this state")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    before: Annotated[int | None, Query(description="only jobs with a smaller id: the next page")] = None,
) -> list[JobOut]:
    """Jobs, the newest first."""
    with services.database.read() as session:
        return [job_out(row) for row in jobs_page(session, state, limit, before)]
