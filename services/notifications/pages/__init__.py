"""Coordinators' pages about mails."""

from services.notifications.pages import log, meetings, my_data

BLUEPRINTS = (log.blueprint, meetings.blueprint, my_data.blueprint)
