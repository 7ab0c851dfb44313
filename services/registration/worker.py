"""The registration service as its worker sees it."""

from services.registration.handlers import HANDLERS
from services.registration.periodic import PERIODIC
from shared.messaging.service import Service

SERVICE = Service(name="registration", handlers=HANDLERS, periodic=PERIODIC)
