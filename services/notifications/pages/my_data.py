"""Which mails a person got, behind the short link that registration makes."""

from __future__ import annotations

from flask import Blueprint, Response

from services.notifications.models import Mail
from services.notifications.pages import words
from services.notifications.queries.mails import address_of_contact, mails_to_person
from shared.language import gettext as _
from shared.web.auth import public
from shared.web.context import reading
from shared.web.my_data import (
    Field,
    LinkRunOutError,
    Section,
    answer,
    link_run_out,
    read_short_link,
)

blueprint = Blueprint("my_data", __name__, url_prefix="/notifications")


@blueprint.get("/my-data/<token>")
@public
def show(token: str) -> Response:
    """All mails to her address, newest first; those to her seat."""
    try:
        link = read_short_link("mail_data", token)
        with reading() as session:
            link.must_fit(address_of_contact(session, link.id))
            found = mails_to_person(session, link.id, everywhere=link.everywhere)
            rows = [_mail(mail) for mail in found]
    except LinkRunOutError:
        return link_run_out()
    return answer(
        [Section("mails", _("Mails to you"), rows)],
        title=_("Your data: mails to you"),
        lead=_("What we wrote to you, when, and whether it arrived."),
    )


def _mail(mail: Mail) -> list[Field]:
    return [
        Field("id", _("Number"), str(mail.id)),
        Field("subject", _("Subject"), mail.subject),
        Field("kind", _("Kind"), mail.kind, str(words.KINDS.get(mail.kind, mail.kind))),
        Field("name", _("Name"), mail.recipient_name),
        Field("email", _("E-mail"), mail.recipient),
        Field("state", _("State"), mail.state, str(words.STATES[mail.state])),
        Field("created_at", _("Made"), mail.created_at),
        Field("sent_at", _("Sent"), mail.sent_at),
        Field("remark", _("Remark"), mail.smtp_text, _remark(mail)),
    ]


def _remark(mail: Mail) -> str:
    return str(words.REASONS.get(mail.smtp_text or "", mail.smtp_text or ""))
