"""The worker of notifications: wiring only."""

from services.notifications.handlers import HANDLERS
from services.notifications.periodic import PERIODIC
from shared.messaging.service import Service

SERVICE = Service(name="notifications", handlers=HANDLERS, periodic=PERIODIC)
