"""The three services by name, imported only when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from shared.messaging.service import Service
    from shared.settings import Settings


def web_app(service: str, settings: Settings) -> Flask:
    """The Flask app of *service*."""
    app: Flask = import_module(f"services.{service}.app").create_app(settings)
    return app


def messaging_service(name: str) -> Service:
    """What the worker of *name* does."""
    service: Service = import_module(f"services.{name}.worker").SERVICE
    return service
