"""Pages of registration: translate, open the transaction, render."""

from services.registration.pages import (
    check_in,
    confirm,
    coordination,
    invitations,
    legal,
    manage,
    meetings,
    my_data,
    sign_up,
    signed_up,
)

BLUEPRINTS = (
    meetings.blueprint,
    sign_up.blueprint,
    signed_up.blueprint,
    confirm.blueprint,
    manage.blueprint,
    my_data.blueprint,
    invitations.blueprint,
    check_in.blueprint,
    legal.blueprint,
    coordination.blueprint,
)
