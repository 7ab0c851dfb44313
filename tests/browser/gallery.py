"""Every macro, page and mail frame in its states, without any service: for looking at them.

``python -m tests.browser.gallery`` serves it on port 8900, ``python -m tests.browser.screenshots`` takes pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from flask import Flask, render_template, request

from shared import language as words
from shared.paging import COUNTED, Count, Page, part
from shared.web.app import template_filters

ROOT = Path(__file__).resolve().parents[2]
PORT = 8900
BERLIN = ZoneInfo("Europe/Berlin")
HERE = Path(__file__).parent / "gallery_pages"
MEETING = SimpleNamespace(
    id="0197",
    title="Netzwerktreffen „Ausbildung im Quartier“",
    starts_at=datetime(2026, 11, 24, 14, tzinfo=UTC),
    ends_at=datetime(2026, 11, 24, 16, 45, tzinfo=UTC),
    state="published",
    time_zone=BERLIN,
)
LONG = SimpleNamespace(
    id="0198",
    title="Berufsorientierungsveranstaltung der Wirtschaftsförderungsgesellschaft Innenstadt-West",
    starts_at=MEETING.starts_at + timedelta(days=71),
    ends_at=MEETING.ends_at + timedelta(days=71),
    state="draft",
    time_zone=BERLIN,
)
NETWORK = SimpleNamespace(
    name="Ausbildung im Quartier – Netzwerk Dortmund-West",
    contact_name="Miriam Kowalski-Brandt",
    contact_email="netzwerk-west@wirtschaft.example",
    contact_phone="+49 231 555-0 17",
)
ERRORS = {
    "company": ["Bitte nennen Sie Ihr Unternehmen."],
    "email": ["In der E-Mail-Adresse fehlt das @-Zeichen."],
    "slot": ["Bitte wählen Sie eine Zeit."],
    "privacy": ["Bitte lesen Sie den Hinweis zum Datenschutz."],
    "": ["Das Formular war zu lange offen. Bitte senden Sie es noch einmal."],
}
VALUES = {
    "name": "Ayşe Öztürk-Großmann",
    "email": "ayse.oeztuerk",
    "slot": "2",
    "myself": "on",
    "note": "Bitte <b>ebenerdig</b>",
}
COMPANIES = (
    "Elektro Öztürk",
    "Wirtschaftsförderungsgesellschaft Innenstadt-West mbH",
    "Bäckerei Grabowski & Töchter",
)
PAGES = sorted(path.stem for path in HERE.glob("*.html"))
ERROR_CODES = (403, 404, 429, 500, 503)
LINK_PROBLEMS = ("unknown", "expired", "used", "closed")
LEGAL = [
    (None, ["Angaben nach § 5 DDG."]),
    ("Verantwortlich", ["Stadt Beispielhausen, Rathausplatz 1, 44000 Beispielhausen"]),
]


def create_gallery() -> Flask:
    """A Flask app with the globals and filters that shared.web.app gives to templates."""
    app = Flask("gallery", static_folder=str(ROOT / "shared/web/static"), static_url_path="/static")
    app.secret_key = "gallery"
    app.jinja_loader = jinja2.FileSystemLoader(
        [HERE, ROOT / "shared/web/templates", ROOT / "services/notifications/templates"]
    )
    app.jinja_env.undefined = jinja2.ChainableUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(words.gettext, words.plural_form, newstyle=True)
    app.jinja_env.filters.update(template_filters())
    app.jinja_env.globals.update(
        asset=lambda name: f"/static/{name}",
        csrf_token=lambda: "token",
        page_url=lambda number: f"?page={number}",
    )
    app.context_processor(_context)
    app.before_request(lambda: words.set_language(request.args.get("lang", "de")))
    _add_pages(app)
    return app


def _context() -> dict[str, Any]:
    keys = ("today", "meetings", "companies", "mails", "settings")
    labels = ("Heute", "Treffen", "Unternehmen", "Mails", "Einstellungen")
    return {
        "language": words.current_language(),
        "languages": words.LANGUAGES,
        "navigation": [
            SimpleNamespace(key=k, label=w, url=f"/{k}", icon=k)
            for k, w in zip(keys, labels, strict=True)
        ],
        "current_coordinator": SimpleNamespace(name="Miriam Kowalski-Brandt", role="admin"),
        "tz": BERLIN,
        "meeting": MEETING,
        "long": LONG,
        "network": NETWORK,
        "values": VALUES,
        "errors": ERRORS,
        "companies": COMPANIES,
        "base_url": "https://treffpunkt.example",
        "subject": "Ihre 2 Plätze",
        "page": part(range(312), number=2, size=50),
        "page_of_many": Page(
            rows=(), number=30, size=50, count=Count.of(COUNTED + 1), has_next=True
        ),
    }


def _add_pages(app: Flask) -> None:
    phone = NETWORK.contact_phone

    def error(code: int) -> str:
        return render_template("error.html", code=code, phone=phone, reference="01978f0a")

    def link(problem: str) -> str:
        return render_template("link_problem.html", problem=problem, phone=phone)

    def imprint() -> str:
        return render_template(
            "legal.html", title="Impressum", sections=LEGAL, updated="Di, 18.11.2025"
        )

    def privacy() -> str:
        return render_template("legal.html", title="Datenschutz", sections=[])

    app.add_url_rule(
        "/<name>", "page", lambda name: render_template(f"{name}.html"), methods=["GET", "POST"]
    )
    app.add_url_rule("/favicon.ico", "favicon", lambda: ("", 404))
    app.add_url_rule("/error/<int:code>", view_func=error)
    app.add_url_rule("/link/<problem>", view_func=link)
    app.add_url_rule("/imprint", view_func=imprint)
    app.add_url_rule("/privacy", view_func=privacy)


def paths() -> Iterator[str]:
    """The addresses of everything there is to see."""
    yield from (f"/{name}" for name in PAGES)
    yield from (f"/error/{code}" for code in ERROR_CODES)
    yield from (f"/link/{problem}" for problem in LINK_PROBLEMS)
    yield from ("/imprint", "/privacy")


if __name__ == "__main__":
    create_gallery().run(port=PORT, debug=True)
