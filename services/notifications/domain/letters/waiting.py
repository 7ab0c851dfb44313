"""Mails before the seats are certain: confirm the address, known already, waitlist, no decision."""

from __future__ import annotations

from services.notifications.domain.letter import Button, Letter, Row
from services.notifications.domain.letters import buttons, facts
from services.notifications.domain.scene import Claim, Scene
from shared.events.states import Reason
from shared.language import format_moment, ngettext
from shared.language import gettext as _


def _claim(scene: Scene) -> Claim:
    if scene.claim is None:
        raise ValueError(f"{scene.kind} needs a registration")
    return scene.claim


def _please_confirm(claim: Claim) -> str:
    titles = {
        "waitlisted": _("Please confirm your place on the waitlist"),
        "pending_approval": _("Please confirm your address"),
    }
    return titles.get(claim.state, _("Please confirm your registration"))


def confirm_address(scene: Scene) -> Letter:
    """Asks to confirm; once more where ``nudge`` is set."""
    claim = _claim(scene)
    nudge = bool(scene.details.get("nudge"))
    subject = _("Not confirmed yet: %(headline)s") if nudge else _("Please confirm: %(headline)s")
    return Letter(
        subject=subject % {"headline": facts.headline(scene)},
        title=_("Your registration is not confirmed yet") if nudge else _please_confirm(claim),
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
        button=buttons.confirm(scene, claim),
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
    """On the list, all seats or additional ones; the address is to be confirmed where it is not."""
    claim = _claim(scene)
    return Letter(
        subject=_waiting_subject(scene),
        title=_waiting_title(claim),
        preheader=facts.as_sentence(_why_waiting(scene)),
        lead=(facts.greeting(claim.contact.name), _why_waiting(scene), _when_moving_up(claim)),
        notice="" if claim.verified else _("Please confirm, otherwise you do not move up."),
        facts=_facts_of_waiting(scene),
        button=buttons.of_claim(scene),
        links=()
        if claim.verified
        else ((_("See or leave the waitlist"), facts.manage_url(scene)),),
        people=facts.people(scene),
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def _waiting_subject(scene: Scene) -> str:
    claim, headline = _claim(scene), facts.headline(scene)
    if not claim.verified:
        return _("Please confirm (waitlist): %(headline)s", headline=headline)
    if claim.linked_to is not None:
        return ngettext(
            "Additional seat on the waitlist: %(headline)s",
            "Additional seats on the waitlist: %(headline)s",
            claim.seats,
            headline=headline,
        )
    return _("Waitlist: %(headline)s", headline=headline)


def _waiting_title(claim: Claim) -> str:
    if claim.linked_to is None:
        return _("You are on the waitlist")
    return ngettext(
        "Your additional seat is on the waitlist",
        "Your %(num)s additional seats are on the waitlist",
        claim.seats,
    )


def _when_moving_up(claim: Claim) -> str:
    """What is waited for: seats of the own company, seats of anybody, or more seats."""
    if claim.linked_to is None and claim.reason == Reason.COMPANY_CAP:
        return ngettext(
            "You move up automatically as soon as one of these seats becomes free, and get a mail."
            " That is possible until 24 hours before the start.",
            "You move up automatically as soon as enough of these seats become free, and get a mail."
            " That is possible until 24 hours before the start.",
            claim.seats,
        )
    if claim.linked_to is None:
        return ngettext(
            "As soon as a seat is free you move up automatically and get a mail."
            " That is possible until 24 hours before the start.",
            "As soon as there is room for your group you move up automatically and get a mail."
            " That is possible until 24 hours before the start.",
            claim.seats,
        )
    return _(
        "As soon as there is room you move up automatically and get a mail."
        " That is possible until 24 hours before the start."
    )


def _facts_of_waiting(scene: Scene) -> tuple[Row, ...]:
    """The number of additional seats must not read as if it were the number of all."""
    claim = _claim(scene)
    if claim.linked_to is None:
        return facts.facts(scene)
    waiting = (_("Waitlist"), facts.seats(claim.seats))
    return (*facts.facts(scene, counted=False), waiting)


def _why_waiting(scene: Scene) -> str:
    claim = _claim(scene)
    if claim.linked_to is not None:
        return ngettext(
            "The additional seat is not free at the moment. The seats you have stay yours.",
            "The additional seats are not free at the moment. The seats you have stay yours.",
            claim.seats,
        )
    if claim.reason == Reason.COMPANY_CAP:
        return _(
            "%(company)s has as many seats as one company can have at this meeting.",
            company=claim.company,
        )
    if claim.reason == Reason.LATE:
        return _(
            "The seats held for you were taken meanwhile. You keep the rank of your first sign-up."
        )
    position = int(scene.details.get("position") or 0)
    if not position:
        return _("All seats are taken at the moment.")
    return _(
        "All seats are taken at the moment. You are number %(position)s on the waitlist.",
        position=position,
    )


def waitlist_closed(scene: Scene) -> Letter:
    """Nobody moves up any more."""
    claim = _claim(scene)
    if claim.linked_to is not None:
        return _closed_to_additional_seats(scene)
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
        facts=facts.facts_of_an_end(scene),
        button=buttons.next_meetings(scene),
        reason=facts.reason(scene),
    )


def _closed_to_additional_seats(scene: Scene) -> Letter:
    """Whoever has seats must not take it that they are gone."""
    claim = _claim(scene)
    return Letter(
        subject=ngettext(
            "No additional seat has become free: %(headline)s",
            "No additional seats have become free: %(headline)s",
            claim.seats,
            headline=facts.headline(scene),
        ),
        title=_("The seats you have stay as they are"),
        preheader=_("The waitlist is closed."),
        lead=(
            facts.greeting(claim.contact.name),
            ngettext(
                "The waitlist for “%(title)s” is closed now. The additional seat has not become free.",
                "The waitlist for “%(title)s” is closed now. The additional seats have not become free.",
                claim.seats,
                title=scene.meeting.title,
            ),
            _("Nothing changes about the seats you have."),
        ),
        facts=facts.facts(scene, counted=False),
        button=Button(label=_("See or change the registration"), url=facts.manage_url(scene)),
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
                "The network did not decide on the registration of %(company)s for “%(title)s” before it"
                " began. So unfortunately you have no seat. That was not your fault, and we are sorry.",
                company=claim.company,
                title=scene.meeting.title,
            ),
            _("Please call us if you have a question."),
        ),
        facts=facts.facts_of_an_end(scene),
        button=buttons.next_meetings(scene),
        reason=facts.reason(scene),
    )
