"""Errors as RFC 9457 problem documents: what, where, what was expected."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ledger.store.engine import StoreError, explain
from ledger.web.answers import ProblemDocument
from ledger.web.cursor import BadCursor
from wire.reason import MEANINGS, Reason

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
ERRORS_MAX = 20  # told of one request; who sends more wrong names is told of the first
PATH_CHARACTERS_MAX = 200  # repeated to who asked for it

_REASONS = {404: Reason.NOT_FOUND, 405: Reason.METHOD_NOT_ALLOWED}

# For the OpenAPI document: any status that is not the answer's own is one of these.
RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem document (RFC 9457).",
        "content": {MEDIA_TYPE: {"schema": ProblemDocument.model_json_schema()}},
    }
}


class Problem(Exception):
    """Answer this request with a problem document."""

    def __init__(
        self,
        status: int,
        reason: Reason,
        detail: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.headers = headers


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, problem: Problem) -> JSONResponse:
        return answer(problem.status, problem.reason, problem.detail, headers=problem.headers)

    @app.exception_handler(BadCursor)
    async def _cursor(_: Request, error: BadCursor) -> JSONResponse:
        return answer(400, Reason.BAD_PARAMETER, str(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [_told(one) for one in error.errors()[:ERRORS_MAX]]
        detail = f"{errors[0]['where']}: {errors[0]['what']}"
        return answer(400, Reason.BAD_PARAMETER, detail, errors)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        reason = _REASONS.get(error.status_code, Reason.BAD_PARAMETER)
        detail = f"{request.method} {request.url.path[:PATH_CHARACTERS_MAX]}: {error.detail}"
        headers = error.headers
        if error.status_code == 405:  # RFC 9110 §15.5.6: it must say what is allowed.
            headers = {"allow": "GET" if request.method == "HEAD" else "GET, HEAD"}
        return answer(error.status_code, reason, detail, headers=headers)

    @app.exception_handler(StoreError)
    async def _store(request: Request, error: StoreError) -> JSONResponse:
        log.error("database_failed", path=request.url.path, why=explain(error))
        return answer(503, Reason.UNAVAILABLE, f"database: {explain(error)}")

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> JSONResponse:
        """The server logs the traceback; who asked gets no part of it."""
        path = request.url.path[:PATH_CHARACTERS_MAX]
        return answer(
            500, Reason.REQUEST_FAILED, f"{request.method} {path}: {type(error).__name__}"
        )


def _told(error: Mapping[str, Any]) -> dict[str, str]:
    where = ".".join(str(part) for part in error["loc"])
    unknown = error["type"] == "extra_forbidden"
    return {"where": where, "what": "unknown parameter" if unknown else str(error["msg"])}


def answer(
    status: int,
    reason: Reason,
    detail: str,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    document = ProblemDocument.model_validate(
        {
            "type": f"urn:readpoint:reason:{reason}",
            "title": MEANINGS[reason].sentence,
            "status": status,
            "detail": detail,
            "errors": errors or None,
        }
    )
    content = document.model_dump(exclude_none=True)
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)
