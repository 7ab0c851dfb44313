"""The mail that asks somebody personally, and the one that asks again."""

from __future__ import annotations

from services.notifications.domain.letter import Button, Letter
from services.notifications.domain.letters import facts
from services.notifications.domain.scene import Guest, Scene
from shared.language import gettext as _


def invitation(scene: Scene) -> Letter:
    """Yes, no or my colleague, by a personal link; ``reminder_number`` above 0 asks again."""
    guest = scene.guest
    if guest is None:
        raise ValueError("an invitation needs a guest")
    again = int(scene.details.get("reminder_number") or 0) > 0
    subject = _("Are you coming? %(headline)s") if again else _("Invitation: %(headline)s")
    return Letter(
        subject=subject % {"headline": facts.headline(scene)},
        title=scene.meeting.title,
        preheader=facts.span(scene),
        lead=(facts.greeting(guest.name), *_sentences(scene, guest, again=again)),
        facts=facts.facts(scene),
        button=Button(
            label=_("Answer: yes, no or a colleague"),
            url=scene.links.url("invitation", guest.id, guest.link_version),
        ),
        after_button=(_("The link is yours alone; one click is enough, no account is needed."),),
        shared=facts.shared_sections(scene.meeting),
        reason=_reason(scene, guest),
    )


def _sentences(scene: Scene, guest: Guest, *, again: bool) -> tuple[str, ...]:
    described = tuple(part for part in scene.meeting.description.split("\n\n") if part)
    if again:
        ask = _(
            "We invited you and have not heard from you yet. Are you coming? A no helps us too."
        )
        return (ask,)
    recommended = scene.details.get("on_recommendation_of")
    if recommended:
        first = _(
            "%(colleague)s cannot come and suggested you for %(company)s.",
            colleague=recommended,
            company=guest.company,
        )
    else:
        first = _("We cordially invite you and %(company)s.", company=guest.company)
    return (first, *described)


def _reason(scene: Scene, guest: Guest) -> str:
    """Why one gets it; a colleague who was suggested reads who gave the address away."""
    colleague = scene.details.get("on_recommendation_of")
    if colleague:
        return _(
            "You get this mail because %(colleague)s suggested you for %(company)s. Your name and address"
            " come from there and are used for this meeting only. If you answer no, you get no further"
            " mail about this meeting. Sender: %(network)s.",
            colleague=colleague,
            company=guest.company,
            network=scene.network.name,
        )
    return _(
        "You get this mail because %(network)s invites %(company)s. If you answer no, you get no"
        " further mail about this meeting.",
        network=scene.network.name,
        company=guest.company,
    )
