"""The document and its pages. Swagger UI and ReDoc come from a wheel, so that the pages work without internet."""

from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from services.shared import openapi

OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
# Swagger UI starts with an inline script and styles itself inline.
POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src blob:; frame-ancestors 'none'"
}


def add_documents(app: FastAPI) -> None:
    assets = str(files("fastapi_offline") / "static")

    async def as_json(_request: Request) -> Response:
        return JSONResponse(openapi.document(app), headers=OPEN)

    async def as_yaml(_request: Request) -> Response:
        return Response(openapi.as_yaml(openapi.document(app)), media_type="application/yaml", headers=OPEN)

    async def swagger(_request: Request) -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url="/docs/openapi.json", title=app.title, swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css", swagger_favicon_url="/docs/assets/favicon.png",
        )  # fmt: skip
        page.headers.update(POLICY)
        return page

    async def redoc(_request: Request) -> HTMLResponse:
        page = get_redoc_html(
            openapi_url="/v1/openapi.json", title=app.title, redoc_js_url="/docs/assets/redoc.standalone.js",
            redoc_favicon_url="/docs/assets/favicon.png", with_google_fonts=False,
        )  # fmt: skip
        page.headers.update(POLICY)
        return page

    async def here(_request: Request) -> Response:
        """The same document with this very address as its server, so that the page's own calls come here."""
        local: dict[str, Any] = {**openapi.document(app), "servers": [{"url": "/v1"}]}
        return JSONResponse(local)

    async def home(_request: Request) -> Response:
        return RedirectResponse("/docs")

    for path, endpoint in {
        "/v1/openapi.json": as_json, "/v1/openapi.yaml": as_yaml, "/docs/openapi.json": here,
        "/docs": swagger, "/redoc": redoc, "/": home,
    }.items():  # fmt: skip
        app.add_route(path, endpoint, include_in_schema=False)
    app.mount("/docs/assets", StaticFiles(directory=assets))
