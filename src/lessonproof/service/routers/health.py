"""Routes: whether the process answers, and whether everything that it needs does."""

from fastapi import APIRouter, Request, Response, status

from lessonproof import __version__
from lessonproof.evidence.errors import InfrastructureError
from lessonproof.service.composition import Services
from lessonproof.service.routers.common import ServicesDep
from lessonproof.service.supervision import WorkerState
from lessonproof.service.wire import HealthOut, ReadyOut
from lessonproof.storage.listing import ask_database

router = APIRouter(tags=["health"])
_ABSENT_DIGEST = "0" * 64


@router.get("/healthz")
def get_health() -> HealthOut:
    """Whether the process answers."""
    return HealthOut(status="ok", version=__version__)


@router.get("/readyz", responses={503: {"model": ReadyOut, "description": "something is missing; the body says what"}})
def get_ready(request: Request, response: Response, services: ServicesDep) -> ReadyOut:
    """Whether database, store and workers answer. Uploads are taken while workers start; they are analysed later."""
    workers: WorkerState = request.app.state.worker_state()
    database, store = _database_answers(services), _store_answers(services)
    is_ready = database and store and workers is WorkerState.READY
    if not is_ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return ReadyOut(is_ready=is_ready, database=database, store=store, workers=workers.value)


def _database_answers(services: Services) -> bool:
    try:
        ask_database(services.database)
    except InfrastructureError:
        return False
    return True


def _store_answers(services: Services) -> bool:
    try:
        services.store.exists(_ABSENT_DIGEST)
    except InfrastructureError:
        return False
    return True
