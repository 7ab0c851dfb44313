"""What is wrong, in words for the operator: one sentence that says what, one that says what to do."""

from __future__ import annotations

from shared.language import gettext as _
from shared.language import ngettext
from shared.messaging.condition import Trouble

MINUTE, HOUR, DAY = 60, 3600, 86400


def N_(message: str) -> str:  # noqa: N802 - the name by which message catalogues find it
    """Mark a text that is translated where it is shown."""
    return message


# By code; each has a line in docs/operations.md.
WORDS = {
    "process_unseen": (
        N_("%(subject)s has given no sign of life yet."),
        N_("Start it. Right after an installation this takes half a minute."),
    ),
    "process_silent": (
        N_("%(subject)s has been silent for %(duration)s."),
        N_("See in its log what it waits for, and start it anew."),
    ),
    "redis_away": (
        N_("The relay does not reach Redis."),
        N_("Start Redis. Sign-up goes on meanwhile; events and mails wait in the databases."),
    ),
    "redis_evicts": (
        N_("Redis throws queues away when it is full (maxmemory-policy %(subject)s)."),
        N_("Set maxmemory-policy to noeviction, also in its configuration."),
    ),
    "redis_full": (
        N_("Redis has used nine tenths of its memory."),
        N_("See which queue grows below, start its worker, or give Redis more memory."),
    ),
    "smtp_away": (
        N_("The mail server does not answer."),
        N_("Start it, or correct TREFFPUNKT_SMTP_URL. Mails wait and are tried again."),
    ),
    "canary_late": (
        N_("Nothing has come through the queue of %(subject)s for %(duration)s."),
        N_(
            "Its worker hangs or does not run: start it anew. If that does not help, see to the relay."
        ),
    ),
    "outbox_late": (
        N_("Events for %(subject)s have waited for %(duration)s to be sent."),
        N_("See that the relay runs and reaches Redis."),
    ),
    "receipts_late": (
        N_("Events for %(subject)s have been without receipt for %(duration)s."),
        N_("See that its worker runs and keeps up."),
    ),
    "inbox_late": (
        N_("A received event has not been finished for %(duration)s."),
        N_("See in the log of the worker why it fails; it is tried again by itself."),
    ),
    "parked": (
        N_("Events that failed five times are parked."),
        N_("Mend the cause, then try them again; later events of the same thing wait for them."),
    ),
    "mail_late": (
        N_("A due mail has been waiting for %(duration)s."),
        N_("See that the mailer runs and the mail server takes mails."),
    ),
    "mails_failed": (
        N_("Mails of the last seven days did not arrive."),
        N_("Look at each: a wrong address is corrected, anything else is sent again."),
    ),
    "check_broken": (
        N_("The last check found numbers that do not agree."),
        N_("See below which. Nothing is repaired by itself; ask whoever develops Treffpunkt."),
    ),
    "check_overdue": (
        N_("No check has been made for %(duration)s."),
        N_(
            "See that a relay runs that has all three databases; treffpunkt check makes one at once."
        ),
    ),
}
SERVICE_WORDS = {
    "registration": N_("Sign-up"),
    "scheduling": N_("Planning"),
    "notifications": N_("Mails"),
}


def what(trouble: Trouble) -> str:
    """What is wrong, in the language that is spoken."""
    sentence = _(WORDS[trouble.code][0])
    return sentence % {
        "subject": part_word(trouble.subject),
        "duration": duration(trouble.number),
    }


def part_word(service: str) -> str:
    """What people call a service; other names as they are."""
    known = SERVICE_WORDS.get(service)
    return _(known) if known else service


def remedy(trouble: Trouble) -> str:
    """What to do about it."""
    return _(WORDS[trouble.code][1])


def duration(seconds: float) -> str:
    """A length of time as people say it: 40 seconds, 3 minutes, 5 hours, 2 days."""
    if seconds < 2 * MINUTE:
        return ngettext("%(num)s second", "%(num)s seconds", int(seconds))
    if seconds < 2 * HOUR:
        return ngettext("%(num)s minute", "%(num)s minutes", int(seconds / MINUTE))
    if seconds < 2 * DAY:
        return ngettext("%(num)s hour", "%(num)s hours", int(seconds / HOUR))
    return ngettext("%(num)s day", "%(num)s days", int(seconds / DAY))
