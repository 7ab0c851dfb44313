"""The pages of scheduling, one module per noun."""

from __future__ import annotations

from services.scheduling.pages.sessions import blueprint as sessions

BLUEPRINTS = (sessions,)
