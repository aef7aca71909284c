"""The HTTP application: routes, error answers and the page, over services that are handed in."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from lessonproof import __version__
from lessonproof.service.access import HeadAsGet, SameOrigin, SecurityHeaders
from lessonproof.service.composition import Services
from lessonproof.service.errors import install_error_handlers
from lessonproof.service.pages.render import render_index
from lessonproof.service.routers import classes, health, recordings, units
from lessonproof.service.supervision import WorkerState

API_PREFIX: Final = "/api/v1"
_STATIC: Final = Path(__file__).parent / "pages" / "static"
_DESCRIPTION: Final = (
    "Checks the video evidence of subsidised vocational lessons, clause by clause. Errors are RFC 9457 problems with a "
    "stable `code` and a sentence in Chinese and English."
)


def create_app(services: Services, worker_state: Callable[[], WorkerState]) -> FastAPI:
    """Build the application.

    Args:
        services: what requests work with.
        worker_state: whether jobs are being done.
    """
    app = FastAPI(
        title="LessonProof",
        version=__version__,
        description=_DESCRIPTION,
        openapi_url=f"{API_PREFIX}/openapi.json",
        # Their pages load scripts from other hosts; the schema is at the address above.
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.worker_state = worker_state
    install_error_handlers(app)
    api = APIRouter(prefix=API_PREFIX)
    for router in (classes.router, units.router, recordings.router):
        api.include_router(router)
    app.include_router(api)
    app.include_router(health.router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_api_route("/", index, include_in_schema=False, response_class=HTMLResponse)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SameOrigin, host=services.settings.host)
    app.add_middleware(SecurityHeaders)
    return app


def index(request: Request) -> HTMLResponse:
    """The page."""
    services: Services = request.app.state.services
    return HTMLResponse(render_index(services.settings.language))
