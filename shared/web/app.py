"""Makes the Flask app of a service: what every page and every API call has in common."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import flask
from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from shared import language
from shared.database import Database
from shared.links import Links
from shared.sign_in import Authority, CoordinatorLookup
from shared.web import api as api_module
from shared.web.auth import policy_of
from shared.web.context import EXTENSION, Runtime, TelephoneLookup
from shared.web.docs import docs_blueprint
from shared.web.every_request import FormSessions, StandingHeaders, add_hooks
from shared.web.limits import apply_limits
from shared.web.navigation import NAVIGATION
from shared.web.operations import pages as operations_pages
from shared.web.operations import readiness
from shared.web.operations.part import Part
from shared.web.problems import register_error_handlers
from shared.web.requests_counted import EXTENSION as REQUESTS
from shared.web.requests_counted import KEPT, NO_ROUTE, RequestCounts

if TYPE_CHECKING:
    from shared.settings import Settings

MAX_BODY = 256 * 1024
MAX_FORM_PARTS = 600
STATIC_MAX_AGE = 365 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class WebService:
    """What a service brings to its web app."""

    name: str
    package: str  # its templates lie in <package>/templates
    prefix: str  # "" or "/scheduling"
    title: str
    coordinator_lookup: CoordinatorLookup
    telephone: TelephoneLookup | None = None
    operations: Part = field(default_factory=Part)
    pages: Sequence[flask.Blueprint] = ()
    api: Sequence[api_module.Blueprint] = ()


def create_web_app(service: WebService, settings: Settings) -> Flask:
    """The app, complete. Raises RuntimeError if a route has no declared policy."""
    app = Flask(
        service.package,
        template_folder="templates",
        static_folder=str(files("shared.web") / "static"),
        static_url_path=f"{service.prefix}/static",
    )
    _configure(app, service, settings)
    register_error_handlers(app)
    add_hooks(app)
    _add_template_tools(app, service.prefix)
    app.register_blueprint(readiness.blueprint(service.prefix))
    app.register_blueprint(operations_pages.blueprint(service.prefix))
    for blueprint in service.pages:
        app.register_blueprint(blueprint)
    api = api_module.create_api(
        app, title=service.title, prefix=service.prefix, blueprints=service.api
    )
    app.register_blueprint(docs_blueprint(service.prefix, api))
    _require_policies(app)
    app.extensions[REQUESTS] = RequestCounts([*_routes(app), NO_ROUTE, KEPT])
    apply_limits(app, settings)
    app.wsgi_app = StandingHeaders(app.wsgi_app, secure=settings.cookies_secure)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, service: WebService, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        # One cookie name per service: apps under one host would overwrite each other's.
        SESSION_COOKIE_NAME=f"treffpunkt_{service.name}_form",
        SESSION_COOKIE_PATH=service.prefix or "/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.cookies_secure,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_MAX_AGE,
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below, by the policy of the route
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open as long as the browser does
        WTF_CSRF_SSL_STRICT=False,  # pages with links from mails send no referrer
        JSON_SORT_KEYS=False,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.session_interface = FormSessions()
    app.extensions[EXTENSION] = Runtime(
        service=service.name,
        prefix=service.prefix,
        settings=settings,
        database=Database(settings.database_url(service.name), f"treffpunkt-{service.name}-web"),
        links=Links(settings),
        authority=Authority(settings),
        coordinator_lookup=service.coordinator_lookup,
        telephone=service.telephone,
        operations=service.operations,
    )
    app.extensions["treffpunkt_csrf"] = CSRFProtect(app)
    # The extension's context processor would hide the function below.
    app.template_context_processors[None] = [
        processor
        for processor in app.template_context_processors[None]
        if "csrf" not in getattr(processor, "__qualname__", "").lower()
    ]


def _csrf_token() -> str:
    """The token of the visitor's form session; pages that act on no cookie need none."""
    view = flask.current_app.view_functions.get(request.endpoint or "")
    policy = policy_of(view) if view else None
    return generate_csrf() if policy is not None and policy.csrf else ""


def _page_url(number: int) -> str:
    arguments = request.args.to_dict(flat=False)
    arguments["page"] = [str(number)]
    return f"?{urlencode(arguments, doseq=True)}"


def _asset_urls(prefix: str) -> Callable[[str], str]:
    folder = Path(str(files("shared.web") / "static"))
    urls = {
        path.name: f"{prefix}/static/{path.name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:10]}"
        for path in folder.iterdir()
        if path.is_file()
    }
    return urls.__getitem__


def _add_template_tools(app: Flask, prefix: str) -> None:
    environment = app.jinja_env
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.plural_form, newstyle=True
    )
    shared_templates = flask.Blueprint("shared", "shared.web", template_folder="templates")
    app.register_blueprint(shared_templates)
    environment.globals.update(
        asset=_asset_urls(prefix),
        csrf_token=_csrf_token,
        page_url=_page_url,
        languages=language.LANGUAGES,
        navigation=NAVIGATION,
    )
    environment.filters.update(template_filters())
    app.context_processor(_template_context)


def template_filters() -> dict[str, Any]:
    """Dates and numbers in the reader's language."""
    return {
        "day": language.format_day,
        "clock": language.format_clock,
        "time": _unbroken(language.format_time),
        "moment": _unbroken(language.format_moment),
        "span": _unbroken(language.format_span),
        "number": language.format_number,
        "leaf": language.date_leaf,
    }


def _unbroken(write: Callable[..., str]) -> Callable[..., str]:
    """The same words; a line does not break between the clock and its word."""
    return lambda *moments: write(*moments).replace(" Uhr", "\u00a0Uhr")


def _template_context() -> dict[str, Any]:
    return {
        "language": language.current_language(),
        "current_coordinator": g.get("coordinator"),
    }


def _routes(app: Flask) -> list[str]:
    return [rule.rule for rule in app.url_map.iter_rules()]


def _require_policies(app: Flask) -> None:
    undeclared = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not _has_policy(app, rule.endpoint, rule.methods or set())
    ]
    if undeclared:
        raise RuntimeError(f"routes without a declared policy: {', '.join(sorted(undeclared))}")


def _has_policy(app: Flask, endpoint: str, methods: set[str]) -> bool:
    view = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    if view_class is None:
        return policy_of(view) is not None
    handlers = (
        getattr(view_class, method.lower(), None) for method in methods - {"HEAD", "OPTIONS"}
    )
    return all(handler is not None and policy_of(handler) is not None for handler in handlers)
