"""What surrounds every request: who may call, which headers go out, and HEAD for every GET. Plain ASGI."""

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lessonproof.service.errors import ForeignOriginError, problem_of

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox allow-modals"
)
"""The report is one file with its own style and pictures and no script; it carries words that people wrote."""
_HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine only."""
    return host in _LOOPBACK


class SecurityHeaders:
    """Adds headers that an answer does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class SameOrigin:
    """Refuses changes that another site's page asks for, and foreign names for a service on loopback.

    There is no sign-in yet: without this, any page in the user's browser could hand in class files (a form needs no
    permission to post), and a foreign name that resolves to loopback could read everything (DNS rebinding).

    Args:
        app: what is guarded.
        host: address that the service listens on.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._names: Iterable[str] | None = _LOOPBACK if is_loopback(host) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or self._is_welcome(scope):
            await self._app(scope, receive, send)
            return
        refusal = problem_of(ForeignOriginError("requests from other sites are refused", "拒绝来自其他网站的请求"))
        await refusal(scope, receive, send)

    def _is_welcome(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        called = headers.get("host", "")
        if self._names is not None and _name_of(called) not in self._names:
            return False
        origin = headers.get("origin")
        return scope["method"] in _READING or origin is None or origin.partition("://")[2] == called


class HeadAsGet:
    """Answers HEAD as GET without the body, for every route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, without_body)


def _name_of(host: str) -> str:
    """The name in a ``Host`` header, without the port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()
