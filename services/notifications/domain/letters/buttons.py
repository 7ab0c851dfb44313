"""The one thing to do: with a claim, by where it stands, or where there is none any more."""

from __future__ import annotations

from services.notifications.domain.letter import Button
from services.notifications.domain.letters import facts
from services.notifications.domain.scene import Claim, Scene
from shared.language import gettext as _


def of_claim(scene: Scene) -> Button:
    """Confirm it where that is still to be done, else see, change or leave it."""
    claim = scene.claim
    if scene.person is not None:
        return Button(label=_("See or release the seat"), url=facts.manage_url(scene))
    if claim is not None and claim.to_be_confirmed:
        return confirm(scene, claim)
    if claim is not None and claim.state == "waitlisted":
        return Button(label=_("See or leave the waitlist"), url=facts.manage_url(scene))
    return Button(label=_("Change or cancel the registration"), url=facts.manage_url(scene))


def confirm(scene: Scene, claim: Claim) -> Button:
    """In the words of the page that it opens."""
    url = scene.links.url("confirm", claim.id, claim.link_version)
    return Button(label=_confirm_label(claim), url=url)


def _confirm_label(claim: Claim) -> str:
    if claim.state == "waitlisted":
        return _("Confirm the place on the waitlist")
    if claim.state == "pending_approval":
        return _("Confirm the address")
    return _("Confirm the registration")


def next_meetings(scene: Scene) -> Button:
    """For whoever does not come this time."""
    return Button(label=_("See the next meetings"), url=f"{scene.links.base_url}/")


def page_of_meeting(scene: Scene) -> Button:
    """For whoever has nothing to do with the registration any more."""
    return Button(label=_("To the page of the meeting"), url=facts.meeting_url(scene))
