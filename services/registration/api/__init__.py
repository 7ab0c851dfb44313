"""The JSON API of registration."""

from services.registration.api import (
    check_ins,
    invitations,
    managed,
    meetings,
    registrations,
    sign_up,
)

BLUEPRINTS = (
    meetings.blueprint,
    sign_up.blueprint,
    managed.blueprint,
    registrations.blueprint,
    invitations.blueprint,
    check_ins.blueprint,
)
