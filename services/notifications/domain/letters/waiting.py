"""Mails before the seats are certain: confirm the address, known already, waitlist, no decision."""

from __future__ import annotations

from services.notifications.domain.letter import Button, Letter
from services.notifications.domain.letters import facts
from services.notifications.domain.scene import Claim, Scene
from shared.events.states import Reason
from shared.language import format_moment, ngettext
from shared.language import gettext as _


def _claim(scene: Scene) -> Claim:
    if scene.claim is None:
        raise ValueError(f"{scene.kind} needs a registration")
    return scene.claim


def _confirm_url(scene: Scene) -> str:
    claim = _claim(scene)
    return scene.links.url("confirm", claim.id, claim.link_version)


def confirm_address(scene: Scene) -> Letter:
    """Asks to confirm; once more where ``nudge`` is set."""
    claim = _claim(scene)
    nudge = bool(scene.details.get("nudge"))
    subject = _("Not confirmed yet: %(headline)s") if nudge else _("Please confirm: %(headline)s")
    title = (
        _("Your registration is not confirmed yet")
        if nudge
        else _("Please confirm your registration")
    )
    return Letter(
        subject=subject % {"headline": facts.headline(scene)},
        title=title,
        preheader=_state_sentence(scene),
        lead=(
            facts.greeting(claim.contact.name),
            _(
                "%(company)s wants to come to “%(title)s”.",
                company=claim.company,
                title=scene.meeting.title,
            ),
            _state_sentence(scene),
        ),
        facts=facts.facts(scene),
        button=Button(label=_("Confirm the registration"), url=_confirm_url(scene)),
        after_button=(
            _(
                "You did not sign up? Then there is nothing to do: without a confirmation the"
                " registration lapses by itself."
            ),
        ),
        people=facts.people(scene),
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def _state_sentence(scene: Scene) -> str:
    claim = _claim(scene)
    if claim.state == "pending_approval":
        return _(
            "Please confirm your address first. Then a person of the network decides on the"
            " registration and writes to you."
        )
    if claim.state == "waitlisted":
        return _("All seats are taken. Only confirmed addresses move up from the waitlist.")
    if claim.held_until is None:
        return _("You are not registered until you confirm.")
    return ngettext(
        "The seat is held for you until %(until)s. You are not registered until you confirm.",
        "The %(num)s seats are held for you until %(until)s. You are not registered until you confirm.",
        claim.seats,
        until=format_moment(claim.held_until, scene.meeting.tz),
    )


def already_registered(scene: Scene) -> Letter:
    """Somebody signed up again or lost the link: where it stands, and the link."""
    claim = _claim(scene)
    return Letter(
        subject=_("Your registration: %(headline)s", headline=facts.headline(scene)),
        title=_("You have already signed up"),
        preheader=_where_it_stands(claim),
        lead=(
            facts.greeting(claim.contact.name),
            _(
                "Somebody asked for a registration or its link with your address. There is one already"
                " for “%(title)s”, so nothing was changed.",
                title=scene.meeting.title,
            ),
            _where_it_stands(claim),
        ),
        facts=facts.facts(scene),
        button=Button(label=_("See or change the registration"), url=facts.manage_url(scene)),
        people=facts.people(scene),
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def _where_it_stands(claim: Claim) -> str:
    sentences = {
        "confirmed": ngettext(
            "You are registered with %(num)s seat.",
            "You are registered with %(num)s seats.",
            claim.seats,
        ),
        "waitlisted": _("You are on the waitlist."),
        "pending_approval": _("The network has not decided on it yet."),
        "cancelled": _("It was cancelled. On the page you see whether there are seats again."),
        "expired": _("It has lapsed. On the page you see whether there are seats again."),
        "declined": _("The network could not offer you a seat."),
    }
    return sentences.get(claim.state, _("The page shows where it stands."))


def waitlisted(scene: Scene) -> Letter:
    """On the list; the address is to be confirmed where it is not."""
    claim = _claim(scene)
    if claim.verified:
        subject, button = _("Waitlist: %(headline)s"), _manage_button(scene)
    else:
        subject = _("Please confirm (waitlist): %(headline)s")
        button = Button(label=_("Confirm the place on the waitlist"), url=_confirm_url(scene))
    return Letter(
        subject=subject % {"headline": facts.headline(scene)},
        title=_("You are on the waitlist"),
        preheader=facts.as_sentence(_why_waiting(scene)),
        lead=(
            facts.greeting(claim.contact.name),
            _why_waiting(scene),
            _(
                "As soon as there is room for your group you move up automatically and get a mail."
                " That is possible until 24 hours before the start."
            ),
        ),
        notice="" if claim.verified else _("Please confirm, otherwise you do not move up."),
        facts=facts.facts(scene),
        button=button,
        links=()
        if claim.verified
        else ((_("See or leave the waitlist"), facts.manage_url(scene)),),
        people=facts.people(scene),
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def _manage_button(scene: Scene) -> Button:
    return Button(label=_("See or leave the waitlist"), url=facts.manage_url(scene))


def _why_waiting(scene: Scene) -> str:
    claim = _claim(scene)
    if claim.reason == Reason.COMPANY_CAP:
        return _(
            "%(company)s has as many seats as one company can have at this meeting. Your group moves up"
            " when one of them becomes free.",
            company=claim.company,
        )
    if claim.reason == Reason.LINKED:
        return _("The additional seats are not free at the moment. The seats you have stay yours.")
    if claim.reason == Reason.LATE:
        return _(
            "The seats held for you were taken meanwhile. You keep the rank of your first sign-up."
        )
    position = int(scene.details.get("position") or 0)
    if position > 1:
        return _(
            "All seats are taken at the moment. You are number %(position)s on the waitlist.",
            position=position,
        )
    return _("All seats are taken at the moment. You are next on the waitlist.")


def waitlist_closed(scene: Scene) -> Letter:
    """Nobody moves up any more."""
    claim = _claim(scene)
    return Letter(
        subject=_("No seat has become free: %(headline)s", headline=facts.headline(scene)),
        title=_("Unfortunately no seat has become free"),
        preheader=_("The waitlist is closed."),
        lead=(
            facts.greeting(claim.contact.name),
            _(
                "The waitlist for “%(title)s” is closed now; nobody moves up any more. We are sorry that"
                " it did not work out this time.",
                title=scene.meeting.title,
            ),
        ),
        facts=facts.facts(scene),
        button=Button(label=_("See the next meetings"), url=f"{scene.links.base_url}/"),
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def undecided(scene: Scene) -> Letter:
    """The meeting begins, and nobody has decided about the registration."""
    claim = _claim(scene)
    return Letter(
        subject=_("Not decided in time: %(headline)s", headline=facts.headline(scene)),
        title=_("Your registration was not decided on in time"),
        preheader=_("Unfortunately you have no seat."),
        lead=(
            facts.greeting(claim.contact.name),
            _(
                "the network did not decide on the registration of %(company)s for “%(title)s” before it"
                " began. So unfortunately you have no seat. That was not your fault, and we are sorry.",
                company=claim.company,
                title=scene.meeting.title,
            ),
            _("Please call us if you have a question."),
        ),
        facts=facts.facts(scene, counted=False),
        button=Button(label=_("See the next meetings"), url=f"{scene.links.base_url}/"),
        reason=facts.reason(scene),
    )
