"""The API of a service as a readable page: PREFIX/api/docs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template

from shared.web.auth import public

if TYPE_CHECKING:
    from shared.web.api import ServiceApi

METHODS = ("get", "post", "put", "patch", "delete")


def docs_blueprint(prefix: str, api: ServiceApi) -> Blueprint:
    """The page, drawn from the same description that programs read."""
    blueprint = Blueprint("docs", __name__, url_prefix=f"{prefix}/api")

    @blueprint.get("/docs")
    @public
    def docs() -> str:
        description = api.spec.to_dict()
        return render_template(
            "api_docs.html", description=description, operations=list(operations(description))
        )

    return blueprint


def operations(description: dict[str, Any]) -> Any:
    """All operations as (method, path, operation)."""
    for path, item in description.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]
