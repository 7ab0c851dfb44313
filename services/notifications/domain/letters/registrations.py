"""Mails about seats that are certain: confirmed, changed, cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.notifications.domain import people
from services.notifications.domain.letter import Change, Letter
from services.notifications.domain.letters import buttons, facts
from services.notifications.domain.scene import Claim, Scene
from shared.events.states import Reason, State
from shared.language import gettext as _
from shared.language import ngettext


def _claim(scene: Scene) -> Claim:
    if scene.claim is None:
        raise ValueError(f"{scene.kind} needs a registration")
    return scene.claim


def _headline_with_seats(scene: Scene) -> str:
    number = _claim(scene).seats if scene.person is None else 1
    return f"{facts.headline(scene)}: {facts.your_seats(number)}"


def confirmed(scene: Scene) -> Letter:
    """The seats are theirs; moved up from the waitlist where ``promoted`` is set."""
    promoted = bool(scene.details.get("promoted"))
    subject = _headline_with_seats(scene)
    return Letter(
        subject=_("Moved up: %(headline)s", headline=subject) if promoted else subject,
        title=_("You have moved up") if promoted else _("You are registered"),
        preheader=scene.meeting.title,
        lead=(
            facts.greeting(facts.reader_name(scene)),
            *(_confirmed_to_attendee(scene) if scene.person else _confirmed_to_contact(scene)),
        ),
        facts=facts.facts(scene),
        button=buttons.of_claim(scene),
        tickets=facts.tickets(scene),
        people=facts.people(scene),
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def _confirmed_to_contact(scene: Scene) -> tuple[str, ...]:
    claim = _claim(scene)
    if scene.details.get("promoted"):
        first = ngettext(
            "A seat has become free: %(company)s is registered with %(num)s seat for “%(title)s”.",
            "Seats have become free: %(company)s is registered with %(num)s seats for “%(title)s”.",
            claim.seats,
            company=claim.company,
            title=scene.meeting.title,
        )
    else:
        first = ngettext(
            "%(company)s is registered with %(num)s seat for “%(title)s”.",
            "%(company)s is registered with %(num)s seats for “%(title)s”.",
            claim.seats,
            company=claim.company,
            title=scene.meeting.title,
        )
    return first, ngettext(
        "The calendar entry is attached. If something comes up, please sign off the seat below.",
        "The calendar entry is attached. If something comes up, please sign off the seats below.",
        claim.seats,
    )


def _confirmed_to_attendee(scene: Scene) -> tuple[str, ...]:
    claim = _claim(scene)
    return (
        _(
            "%(contact)s (%(company)s) has registered you for “%(title)s”.",
            contact=claim.contact.name,
            company=claim.company,
            title=scene.meeting.title,
        ),
        _("The calendar entry is attached. If you cannot come, please sign off below."),
    )


def changed(scene: Scene) -> Letter:
    """Attendees, seats or the address changed; to somebody removed: the seat was released."""
    if scene.details.get("removed"):
        return cancelled(scene)
    if scene.details.get("former_address"):
        return _to_former_address(scene)
    joined = "joined" in scene.details.get("changes", ())
    subject = _headline_with_seats(scene) if scene.confirmed else facts.headline(scene)
    return Letter(
        subject=_("Moved up: %(headline)s", headline=subject)
        if joined
        else _("Changed: %(headline)s", headline=subject),
        title=_("Your additional seats have moved up")
        if joined
        else _("Your registration was changed"),
        preheader=scene.meeting.title,
        lead=(
            facts.greeting(facts.reader_name(scene)),
            _joined_sentence(scene) if joined else _changed_sentence(scene),
            *_not_sure_yet(scene),
            *_where_mails_go(scene),
        ),
        changes=_changes(scene),
        facts=facts.facts(scene),
        button=buttons.of_claim(scene),
        tickets=facts.tickets(scene),
        people=facts.people(scene),
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def _changed_sentence(scene: Scene) -> str:
    return _(
        "The registration of %(company)s for “%(title)s” was changed.",
        company=_claim(scene).company,
        title=scene.meeting.title,
    )


def _not_sure_yet(scene: Scene) -> tuple[str, ...]:
    words = {
        State.WAITLISTED: _("You are on the waitlist."),
        State.PENDING: _("The network has not decided on it yet."),
    }
    found = words.get(State(_claim(scene).state))
    return (found,) if found else ()


def _joined_sentence(scene: Scene) -> str:
    """Additional seats are never alone."""
    claim = _claim(scene)
    return _(
        "More seats have become free: %(company)s is registered with %(seats)s for “%(title)s” now.",
        company=claim.company,
        seats=facts.seats(claim.seats),
        title=scene.meeting.title,
    )


def _changes(scene: Scene) -> tuple[Change, ...]:
    claim = _claim(scene)
    found = set(scene.details.get("changes", ()))
    rows = []
    if "name" in found and scene.person is not None:
        name = scene.person.known_name or _("Name to follow")
        rows.append(Change(label=_("Name"), old="", new=name))
    if "seats" in found:
        before = scene.details.get("seats_before")
        rows.append(Change(label=_("Seats"), old=str(before or ""), new=str(claim.seats)))
    if "attendees" in found:
        rows += _people_rows(scene.details.get("people") or {}) or [_everybody(claim)]
    return tuple(rows)


def _people_rows(told: Mapping[str, Sequence[Sequence[str]]]) -> list[Change]:
    """One row for each person who is new, gone, called or reached otherwise."""
    follows = _("Name to follow")
    rows = [
        Change(label=_("Joining"), old="", new=name or follows)
        for (name,) in told.get(people.ADDED, ())
    ]
    rows += [
        Change(label=_("No longer coming"), old="", new=name or follows)
        for (name,) in told.get(people.REMOVED, ())
    ]
    rows += [
        Change(label=_("Name"), old=before or follows, new=after or follows)
        for before, after in told.get(people.RENAMED, ())
    ]
    rows += [
        Change(label=_("Address of %(name)s", name=name or follows), old="", new=address)
        for name, address in told.get(people.MOVED, ())
    ]
    return rows


def _everybody(claim: Claim) -> Change:
    """Where it is not known who came before."""
    names = ", ".join(person.known_name or _("Name to follow") for person in claim.attendees)
    return Change(label=_("Who is coming"), old="", new=names)


def _where_mails_go(scene: Scene) -> tuple[str, ...]:
    email = _claim(scene).contact.email
    if "address" not in scene.details.get("changes", ()) or not email:
        return ()
    return (
        _("From now on all mails about it go to %(email)s.", email=email),
        _("Please use what is in this mail only: links in earlier mails do not work any more."),
    )


def _to_former_address(scene: Scene) -> Letter:
    """Without any name: it may be a stranger's."""
    if scene.details.get("with_contact"):
        return _one_entry_less(scene)
    return Letter(
        subject=_("No more mails here: %(headline)s", headline=facts.headline(scene)),
        title=_("The mails go to another address"),
        preheader=scene.meeting.title,
        lead=(
            facts.greeting(""),
            _(
                "Mails about “%(title)s” go to another address from now on, and so does the date.",
                title=scene.meeting.title,
            ),
            _removed_from_calendar(),
        ),
        facts=facts.facts_of_an_end(scene),
        button=buttons.page_of_meeting(scene),
        reason=_(
            "You get this mail because mails about this meeting went to this address until now."
            " Sender: %(network)s.",
            network=scene.network.name,
        ),
    )


def _one_entry_less(scene: Scene) -> Letter:
    """To an address that gets the mails about the whole registration from now on."""
    return Letter(
        subject=_("One calendar entry less: %(headline)s", headline=facts.headline(scene)),
        title=_("One calendar entry is enough"),
        preheader=scene.meeting.title,
        lead=(
            facts.greeting(""),
            _(
                "All mails about the registration for “%(title)s” come to this address from now on, and the"
                " date comes with them. The entry attached here removes the one for the single seat.",
                title=scene.meeting.title,
            ),
        ),
        facts=facts.facts_of_an_end(scene),
        button=buttons.page_of_meeting(scene),
        reason=facts.reason(scene),
    )


def cancelled(scene: Scene) -> Letter:
    """Given up, declined, or one seat given to somebody else."""
    sentences = _erased_sentences if scene.details.get("erased") else _cancelled_sentences
    return Letter(
        subject=_ended_subject(scene),
        title=_cancelled_title(scene),
        preheader=scene.meeting.title,
        lead=(facts.greeting(facts.reader_name(scene)), *sentences(scene)),
        facts=facts.facts_of_an_end(scene),
        button=buttons.page_of_meeting(scene),
        reason=facts.reason(scene),
    )


def _ended_subject(scene: Scene) -> str:
    """Never sounds as if the meeting did not take place."""
    headline = facts.headline(scene)
    if _claim(scene).state == "declined":
        return _("Not accepted: %(headline)s", headline=headline)
    if scene.person is not None:
        return _("Your seat was released: %(headline)s", headline=headline)
    return _("Signed off: %(headline)s", headline=headline)


def _cancelled_title(scene: Scene) -> str:
    if _claim(scene).state == "declined":
        return _("Unfortunately we cannot accept your registration")
    if scene.person is not None:
        return _("Your seat was released")
    return _("Your registration is cancelled")


def _cancelled_sentences(scene: Scene) -> tuple[str, ...]:
    claim, title = _claim(scene), scene.meeting.title
    calendar = _removed_from_calendar()
    call = _please_call()
    if claim.state == "declined":
        return (
            _(
                "We could not accept the registration of %(company)s for “%(title)s”.",
                company=claim.company,
                title=title,
            ),
            *_explained(claim),
            call,
        )
    if scene.person is not None:
        return _seat_ended_sentences(scene)
    if claim.reason == Reason.CONTACT:
        first = ngettext(
            "Thank you for telling us. The seat at “%(title)s” is free again for others.",
            "Thank you for telling us. The %(num)s seats at “%(title)s” are free again for others.",
            claim.seats,
            title=title,
        )
        return first, calendar
    return (
        _(
            "The network has cancelled the registration of %(company)s for “%(title)s”.",
            company=claim.company,
            title=title,
        ),
        calendar,
        call,
    )


def _seat_ended_sentences(scene: Scene) -> tuple[str, ...]:
    """To somebody who was to come: her seat alone, or the whole registration, and who has ended it."""
    claim, calendar = _claim(scene), _removed_from_calendar()
    values = {"company": claim.company, "title": scene.meeting.title}
    if scene.kind == "registration_changed":
        first = _(
            "The seat that %(company)s had for you at “%(title)s” was released or given to somebody else.",
            **values,
        )
        return first, calendar
    if claim.reason == Reason.CONTACT:
        first = _("%(company)s has signed off from “%(title)s”, and your seat with it.", **values)
        return first, calendar
    first = _(
        "The network has ended the registration of %(company)s for “%(title)s”. Your seat ends with it.",
        **values,
    )
    return first, calendar, _please_call()


def _please_call() -> str:
    return _("Please call us if you have a question.")


def _explained(declined: Claim) -> tuple[str, ...]:
    """The coordinator's words, a paragraph for each line; of a declined registration the reason is nothing else."""
    words = tuple(line for line in declined.reason.splitlines() if line.strip())
    return (_("The network writes about it:"), *words) if words else ()


def _removed_from_calendar() -> str:
    return _("If you took the date into your calendar, the attached entry removes it.")


def _erased_sentences(scene: Scene) -> tuple[str, ...]:
    """Somebody wants nothing kept; whoever reads it may be the one, or came along."""
    first = _(
        "The registration of %(company)s for “%(title)s” has ended, because the personal data in it"
        " are being erased as asked for.",
        company=_claim(scene).company,
        title=scene.meeting.title,
    )
    last = _("This is the last mail about it; this address is erased once it has been delivered.")
    return first, _removed_from_calendar(), last


def data_erased(scene: Scene) -> Letter:
    """Nothing is kept any more, and this was the last mail."""
    return Letter(
        subject=_("Your data have been erased"),
        title=_("Your data have been erased"),
        preheader=scene.network.name,
        lead=(
            facts.greeting(""),
            _(
                "As asked for, your name, your addresses and everything else about you in registrations"
                " and invitations are erased. What stays is that %(company)s had seats, and how many.",
                company=_claim(scene).company,
            ),
            _("This is the last mail; this address is erased once it has been delivered."),
        ),
        reason=_(
            "You get this mail because your data were to be erased. Sender: %(network)s.",
            network=scene.network.name,
        ),
    )
