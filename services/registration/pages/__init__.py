"""Pages of registration: translate, open the transaction, render."""

from services.registration.pages import coordination

BLUEPRINTS = (coordination.blueprint,)
