"""The one navigation over all services: where each entry leads. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from babel.support import LazyProxy

from shared.language import lazy_gettext


@dataclass(frozen=True)
class Entry:
    """One place of the rail."""

    key: str
    label: LazyProxy
    url: str
    icon: str


NAVIGATION = (
    Entry("today", lazy_gettext("Today"), "/coordination/", "today"),
    Entry("meetings", lazy_gettext("Meetings"), "/scheduling/meetings", "meetings"),
    Entry("companies", lazy_gettext("Companies"), "/coordination/companies", "companies"),
    Entry("mails", lazy_gettext("Mails"), "/notifications/", "mails"),
    Entry("settings", lazy_gettext("Settings"), "/scheduling/settings", "settings"),
)
