"""The JSON API of scheduling, one module per noun."""

from services.scheduling.api.meetings import blueprint as meetings
from services.scheduling.api.networks import blueprint as networks
from services.scheduling.api.slots import blueprint as slots

BLUEPRINTS = (networks, meetings, slots)
