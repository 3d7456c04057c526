"""The web of the ledger: API and pages over the services it is given. It starts nothing."""

from importlib.metadata import version

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from ledger.web import api, live_page, problem
from ledger.web.doorman import Doorman
from ledger.web.fragments import HERE
from ledger.web.manners import Manners
from ledger.web.services import Services


def create_app(services: Services) -> FastAPI:
    # FastAPI's own documentation pages load their scripts from elsewhere; ours may not. A path
    # with a slash too many is another path: a redirect would repeat whatever Host it was sent.
    app = FastAPI(
        title="Readpoint ledger",
        version=version("readpoint"),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    problem.install(app)
    app.include_router(api.router(services))
    app.include_router(live_page.router(services))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_middleware(Doorman, names=services.names)
    app.add_middleware(Manners, endless={live_page.EVENTS})
    return app
