"""What a rule refused, as the caller of the API reads it."""

from __future__ import annotations

from http import HTTPStatus

from services.registration.domain import refusals
from services.registration.domain.admission import OUTSIDE, DistrictNeededError, SiteNeededError
from services.registration.domain.lifecycle import MoveNotPossibleError
from services.registration.use_cases.idempotency import KeyReusedError
from shared.language import gettext as _
from shared.language import lazy_gettext
from shared.web.problems import Problem

RETRY_AFTER = "3600"  # seconds; until then some of the seats are confirmed or free again
REFUSALS = (
    refusals.RefusedError,
    SiteNeededError,
    DistrictNeededError,
    MoveNotPossibleError,
    KeyReusedError,
)
_PLAIN: dict[type[Exception], tuple[int, str, object]] = {
    refusals.UnknownError: (404, "not-found", lazy_gettext("We do not know this.")),
    refusals.SeatReleasedError: (404, "not-found", lazy_gettext("This seat was given up.")),
    refusals.ClosedError: (409, "closed", lazy_gettext("Registration is not open.")),
    refusals.UnconfirmedError: (
        429,
        "too-many-unconfirmed",
        lazy_gettext(
            "Many seats were asked for from your network and not confirmed yet. "
            "Please use the links in the mails, try again in an hour, or call us."
        ),
    ),
    refusals.TooManyAddressesError: (
        429,
        "too-many-addresses",
        lazy_gettext(
            "Many addresses were entered for this registration today. "
            "Please go on tomorrow, or call us."
        ),
    ),
    refusals.FullError: (409, "full", lazy_gettext("All seats are taken.")),
    refusals.InvitationNeededError: (
        409,
        "invitation-needed",
        lazy_gettext("This meeting is for invited companies only."),
    ),
    refusals.LinkOutdatedError: (
        404,
        "outdated-link",
        lazy_gettext("A newer mail from us has the link that works."),
    ),
    refusals.ErasedError: (410, "erased", lazy_gettext("These data have been erased.")),
    refusals.OutdatedError: (409, "outdated", lazy_gettext("This is no longer possible.")),
    refusals.ChangedMeanwhileError: (
        409,
        "changed-meanwhile",
        lazy_gettext("This registration has changed meanwhile. Please look at it again."),
    ),
    refusals.AnotherTimeError: (
        409,
        "another-time",
        lazy_gettext(
            "You are registered for another time of this meeting already. "
            "Please sign off with the link in our mail first, then answer anew."
        ),
    ),
    MoveNotPossibleError: (409, "outdated", lazy_gettext("This is no longer possible.")),
    KeyReusedError: (
        422,
        "idempotency-key-reused",
        lazy_gettext("This Idempotency-Key came with another body before."),
    ),
}


def problem_of(error: Exception) -> Problem:
    """The problem that tells of *error*."""
    if isinstance(error, refusals.CapExceededError):
        text = _("A company can register at most %(cap)s seats for this meeting.", cap=error.cap)
        return Problem(409, "company-cap", text, errors={"attendees": [text]})
    if isinstance(error, SiteNeededError):
        text = _("Please enter the postcode of your site.")
        return Problem(422, "site-needed", text, errors={"company": {"postcode": [text]}})
    if isinstance(error, DistrictNeededError):
        text = _(
            "Please choose the district: %(names)s, or “%(outside)s” for none of them.",
            names=", ".join(error.names),
            outside=OUTSIDE,
        )
        return Problem(422, "district-needed", text, errors={"company": {"district": [text]}})
    status, kind, words = _PLAIN[type(error)]
    headers = {"Retry-After": RETRY_AFTER} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
    return Problem(status, kind, str(words), headers=headers)
