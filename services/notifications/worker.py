"""The worker of notifications: wiring only."""

from services.notifications.handlers import HANDLERS
from services.notifications.periodic import PERIODIC
from services.notifications.use_cases.replays import noted
from shared.messaging.service import Service

SERVICE = Service(name="notifications", handlers=noted(HANDLERS), periodic=PERIODIC)
