"""What the worker of scheduling runs."""

from services.scheduling.handlers import HANDLERS
from services.scheduling.periodic import PERIODIC
from shared.messaging.service import Service

SERVICE = Service(name="scheduling", handlers=HANDLERS, periodic=PERIODIC)
