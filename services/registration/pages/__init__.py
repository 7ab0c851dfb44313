"""Pages of registration: translate, open the transaction, render."""

from services.registration.pages import check_in, coordination, invitations

BLUEPRINTS = (invitations.blueprint, check_in.blueprint, coordination.blueprint)
