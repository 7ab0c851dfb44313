"""The JSON API of a service: OpenAPI from marshmallow, every error as problem+json."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ClassVar

import marshmallow
from flask import Flask, Response, request
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from werkzeug.exceptions import HTTPException

from shared.paging import Page
from shared.web.auth import public
from shared.web.problems import Problem, answer_http_error, wants_problem

__all__ = ["Blueprint", "Problem", "ServiceApi", "pagination_header"]

BODY_METHODS = {"POST", "PUT", "PATCH"}


class ProblemSchema(marshmallow.Schema):
    """RFC 9457."""

    type = marshmallow.fields.String(required=True)
    title = marshmallow.fields.String(required=True)
    status = marshmallow.fields.Integer(required=True)
    detail = marshmallow.fields.String()
    instance = marshmallow.fields.String()
    errors = marshmallow.fields.Dict()
    telephone = marshmallow.fields.String()


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """flask-smorest's, with one schema object per route: a class would be built anew for every request."""

    def arguments(self, schema: Any, **options: Any) -> Any:
        """Read the arguments of a view with *schema* (a class or an object)."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)


class ServiceApi(Api):  # type: ignore[misc]
    """flask-smorest with our errors."""

    ERROR_SCHEMA: ClassVar[type[marshmallow.Schema]] = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """One form of error for pages and API."""
        return answer_http_error(error)


def create_api(
    app: Flask, *, title: str, prefix: str, blueprints: Sequence[Blueprint]
) -> ServiceApi:
    """Mount *blueprints* and their description at PREFIX/api/openapi.json."""
    app.config.update(
        API_TITLE=title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"{prefix}/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = ServiceApi(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    _describe_problems(api)
    endpoint = "api-docs.openapi_json"
    app.view_functions[endpoint] = _public_view(app.view_functions[endpoint])
    app.before_request(refuse_other_content)
    return api


def _public_view(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def description(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return public(description)


def _describe_problems(api: ServiceApi) -> None:
    # flask-smorest writes application/json for errors, whatever is really sent.
    for response in api.spec.components.responses.values():
        content = response.get("content", {})
        if "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")


def refuse_other_content() -> None:
    """415 for a body that is not JSON; otherwise it would count as an empty one."""
    if request.method in BODY_METHODS and wants_problem():
        has_body = bool(request.content_length) or "chunked" in request.headers.get(
            "Transfer-Encoding", ""
        )
        if has_body and not request.is_json:
            raise Problem(415, "not-json", "The body must be application/json.")


def pagination_header(page: Page[Any]) -> str:
    """The value of X-Pagination. Beyond a bound totals are not counted, so that lists stay fast."""
    value: dict[str, Any] = {"page": page.number, "page_size": page.size, "total": page.total}
    value["total_is_exact"] = page.exact
    if page.exact:
        value["total_pages"] = page.pages
    return json.dumps(value)
