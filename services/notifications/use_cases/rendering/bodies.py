"""Letters as text and HTML, from one template each; what is the same for many is rendered once."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, Template, select_autoescape
from markupsafe import Markup

from services.notifications.domain.letter import Letter, Section
from services.notifications.domain.scene import Network
from shared import language

KEPT = 256
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("services.notifications", "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.ngettext, newstyle=True
    )
    environment.filters["leaf"] = language.date_leaf
    return environment


@lru_cache(maxsize=16)
def _template(name: str) -> Template:
    return _environment().get_template(name)


@lru_cache(maxsize=KEPT)
def _leaf(start: datetime, tz: ZoneInfo, _language: str) -> Markup:
    macros: Any = _template("mail/macros.html").module
    return Markup(macros.mail_date_leaf(start, tz))  # noqa: S704 - made of a date alone


class Bodies:
    """Renders letters; keeps programme and arrival, which are the same for many, per language."""

    def __init__(self) -> None:
        self._programmes: dict[tuple[tuple[Section, ...], str], tuple[Markup, str]] = {}

    def render(
        self,
        letter: Letter,
        *,
        network: Network | None,
        base_url: str,
        leaf: tuple[datetime, ZoneInfo] | None,
        cids: list[str],
    ) -> tuple[str, str]:
        """(text, html) in the language spoken now."""
        html, text = self._programme(letter.shared)
        values = {
            "letter": letter,
            "language": language.current_language(),
            "subject": letter.subject,
            "network": network or {},
            "base_url": base_url,
            "leaf": _leaf(*leaf, language.current_language()) if leaf else "",
            "changes": [tuple(asdict(change).values()) for change in letter.changes],
            "tickets": [
                (ticket.name, ticket.url, cid)
                for ticket, cid in zip(letter.tickets, cids, strict=True)
            ],
        }
        return (
            squeeze(_template("mail/letter.txt").render(values, programme=text)),
            _template("mail/letter.html").render(values, programme=html),
        )

    def _programme(self, sections: tuple[Section, ...]) -> tuple[Markup, str]:
        key = (sections, language.current_language())
        kept = self._programmes.get(key)
        if kept is None:
            if len(self._programmes) >= KEPT:
                self._programmes.clear()
            html = _template("mail/programme.html").render(sections=sections)
            text = _template("mail/programme.txt").render(sections=sections)
            kept = self._programmes[key] = (Markup(html), text)  # noqa: S704 - escaped by its template
        return kept


def squeeze(text: str) -> str:
    """*text* without runs of blank lines and blank ends."""
    lines = "\n".join(line.rstrip() if line != "-- " else line for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"
