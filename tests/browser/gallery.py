"""Every macro, page and mail frame in its states, without any service: for looking at them.

``python tests/browser/gallery.py`` serves it on port 8900; ``… shoot FOLDER`` takes screenshots at three widths, light and
dark, and runs axe-core on every page.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import jinja2  # noqa: E402 - the path must be known first
from flask import Flask, render_template, request  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from shared import language as words  # noqa: E402

PORT = 8900
BERLIN = ZoneInfo("Europe/Berlin")
HERE = Path(__file__).parent / "gallery"
WIDTHS = (360, 768, 1280)
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
VALUES = {"name": "Ayşe Öztürk-Großmann", "email": "ayse.oeztuerk", "slot": "2", "myself": "on", "note": "Bitte <b>ebenerdig</b>"}
COMPANIES = ("Elektro Öztürk", "Wirtschaftsförderungsgesellschaft Innenstadt-West mbH", "Bäckerei Grabowski & Töchter")
PAGES = sorted(path.stem for path in HERE.glob("*.html"))
ERROR_CODES = (403, 404, 429, 500, 503)
LINK_PROBLEMS = ("unknown", "expired", "used", "closed")
LEGAL = [(None, ["Angaben nach § 5 DDG."]), ("Verantwortlich", ["Stadt Beispielhausen, Rathausplatz 1, 44000 Beispielhausen"])]


def create_gallery() -> Flask:
    """A Flask app with the globals and filters that shared.web.app gives to templates."""
    app = Flask("gallery", static_folder=str(ROOT / "shared/web/static"), static_url_path="/static")
    app.secret_key = "gallery"  # noqa: S105 - nothing to protect
    app.jinja_loader = jinja2.FileSystemLoader(
        [HERE, ROOT / "shared/web/templates", ROOT / "services/notifications/templates"]
    )
    app.jinja_env.undefined = jinja2.ChainableUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(words.gettext, words.plural_form, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters.update(
        leaf=words.date_leaf, day=words.format_day, time=words.format_time,
        span=words.format_span, moment=words.format_moment, number=words.format_number,
    )
    app.jinja_env.globals.update(asset=lambda name: f"/static/{name}", csrf_token=lambda: "token",
                                 page_url=lambda number: f"?page={number}")
    app.context_processor(_context)
    app.before_request(lambda: words.set_language(request.args.get("lang", "de")))
    _add_pages(app)
    return app


def _context() -> dict[str, Any]:
    keys = ("today", "meetings", "companies", "mails", "settings")
    labels = ("Heute", "Treffen", "Betriebe", "Mails", "Einstellungen")
    return {
        "language": words.current_language(),
        "languages": words.LANGUAGES,
        "navigation": [SimpleNamespace(key=k, label=w, url=f"/{k}", icon=k) for k, w in zip(keys, labels, strict=True)],
        "current_coordinator": SimpleNamespace(name="Miriam Kowalski-Brandt", role="admin"),
        "tz": BERLIN, "meeting": MEETING, "long": LONG, "network": NETWORK, "values": VALUES, "errors": ERRORS,
        "companies": COMPANIES, "base_url": "https://treffpunkt.example", "subject": "Ihre 2 Plätze",
        "page": SimpleNamespace(number=2, pages=7, total=312, has_next=True, has_previous=True),
    }


def _add_pages(app: Flask) -> None:
    app.add_url_rule("/<name>", "page", lambda name: render_template(f"{name}.html"))
    app.add_url_rule("/favicon.ico", "favicon", lambda: ("", 404))
    app.add_url_rule("/error/<int:code>", "error", lambda code: render_template("error.html", code=code, phone=NETWORK.contact_phone, reference="01978f0a"))
    app.add_url_rule("/link/<problem>", "link", lambda problem: render_template("link_problem.html", problem=problem, phone=NETWORK.contact_phone))
    app.add_url_rule("/imprint", "imprint", lambda: render_template("legal.html", title="Impressum", sections=LEGAL, updated="Di, 18.11.2025"))
    app.add_url_rule("/privacy", "privacy", lambda: render_template("legal.html", title="Datenschutz", sections=[]))


def paths() -> Iterator[str]:
    """The addresses of everything there is to see."""
    yield from (f"/{name}" for name in PAGES)
    yield from (f"/error/{code}" for code in ERROR_CODES)
    yield from (f"/link/{problem}" for problem in LINK_PROBLEMS)
    yield from ("/imprint", "/privacy")


def findings(page: Any, path: str) -> list[dict[str, Any]]:
    """What axe-core finds. A mail is no page and needs no landmarks."""
    from axe_playwright_python.sync_playwright import Axe

    ignored = {"region", "landmark-one-main"} if path.startswith("/mail") else set()
    return [found for found in Axe().run(page).response["violations"] if found["id"] not in ignored]


def shoot(folder: Path, only: list[str]) -> int:
    """Take screenshots of all pages (or of those whose path contains one of *only*); answer the number of findings."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", PORT, create_gallery(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for path in paths():
            if only and not any(part in path for part in only):
                continue
            for scheme in ("light", "dark"):
                page = browser.new_page(color_scheme=scheme)
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    page.goto(f"http://127.0.0.1:{PORT}{path}")
                    name = path.strip("/").replace("/", "-")
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    if wide > 0:
                        found += 1
                        print(f"{path} {width}: {wide} px too wide")
                    if width != 768:
                        for violation in findings(page, path):
                            found += 1
                            print(f"{path} {width} {scheme}: {violation['id']}: {[n['html'][:160] for n in violation['nodes']][:3]}", violation["nodes"][0]["failureSummary"][:300])
                page.close()
        browser.close()
    server.shutdown()
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["shoot"]:
        sys.exit(1 if shoot(Path(sys.argv[2]), sys.argv[3:]) else 0)
    create_gallery().run(port=PORT, debug=True)
