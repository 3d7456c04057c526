"""Errors as RFC 9457 problem documents: what, where, what was expected."""

from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from wire.reason import MEANINGS, Reason

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Answer this request with a problem document."""

    def __init__(self, status: int, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, problem: Problem) -> JSONResponse:
        return _answer(problem.status, problem.reason, problem.detail)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        entries = [
            {"where": ".".join(str(part) for part in one["loc"]), "what": str(one["msg"])}
            for one in error.errors()
        ]
        first = entries[0]
        return _answer(
            400, Reason.BAD_PARAMETER, f"{first['where']}: {first['what']}", errors=entries
        )

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        reason = Reason.NOT_FOUND if error.status_code == 404 else Reason.BAD_PARAMETER
        detail = f"{request.method} {request.url.path}: {error.detail}"
        return _answer(error.status_code, reason, detail)


def _answer(
    status: int, reason: Reason, detail: str, errors: Sequence[dict[str, str]] = ()
) -> JSONResponse:
    document: dict[str, object] = {
        "type": f"urn:readpoint:reason:{reason}",
        "title": MEANINGS[reason].sentence,
        "status": status,
        "detail": detail,
    }
    if errors:
        document["errors"] = list(errors)
    return JSONResponse(document, status, media_type=MEDIA_TYPE)
