"""Coordinators' pages about mails."""

from services.notifications.pages import log, meetings

BLUEPRINTS = (log.blueprint, meetings.blueprint)
