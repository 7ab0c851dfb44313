"""The pages of scheduling, one module per noun."""

from __future__ import annotations

from services.scheduling.pages.account import blueprint as account
from services.scheduling.pages.coordinators import blueprint as coordinators
from services.scheduling.pages.feeds import blueprint as feeds
from services.scheduling.pages.meetings import blueprint as meetings
from services.scheduling.pages.my_data import blueprint as my_data
from services.scheduling.pages.networks import blueprint as networks
from services.scheduling.pages.planning import blueprint as planning
from services.scheduling.pages.second_factor import blueprint as second_factor
from services.scheduling.pages.second_step import blueprint as second_step
from services.scheduling.pages.sessions import blueprint as sessions
from services.scheduling.pages.settings import blueprint as settings
from services.scheduling.pages.slots import blueprint as slots

BLUEPRINTS = (
    sessions,
    second_step,
    account,
    second_factor,
    meetings,
    planning,
    slots,
    networks,
    coordinators,
    settings,
    feeds,
    my_data,
)
