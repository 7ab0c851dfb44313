"""The way out: the SMTP server, and what the domain of the sender says to receivers."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

from treffpunkt.doctor.dns import LookupFailed, text_records
from treffpunkt.doctor.finding import Finding, mend, note, ok

if TYPE_CHECKING:
    from shared.settings import Settings, Smtp

TIMEOUT = 10.0
RESERVED = (".example", ".test", ".invalid", ".localhost", ".local")


def examine(settings: Settings) -> Iterator[Finding]:
    """Findings about sending mail."""
    yield _server(settings.smtp)
    if not settings.mail_from.isascii():
        yield mend(
            "sender",
            f"{settings.mail_from} has characters outside ASCII: no mail can be sent",
            "correct TREFFPUNKT_MAIL_FROM; write a domain with umlauts as xn--…",
        )
    domain = settings.mail_from.rpartition("@")[2].strip("<> ").lower()
    if "." not in domain or domain.endswith(RESERVED) or domain.replace(".", "").isdigit():
        yield note("dns", f"{settings.mail_from}: no public domain", "set TREFFPUNKT_MAIL_FROM")
        return
    yield _record(
        "SPF", domain, begins="v=spf1", remedy="tell receivers which servers send for the domain"
    )
    policy = "publish a policy, p=none to begin with"
    yield _record("DMARC", f"_dmarc.{domain}", begins="v=DMARC1", remedy=policy)
    yield note(
        "dns",
        "DKIM cannot be looked up without its selector",
        "send yourself a mail and look for dkim=pass in its Authentication-Results",
    )


def _server(smtp: Smtp) -> Finding:
    place, remedy = f"{smtp.host}:{smtp.port}", "correct TREFFPUNKT_SMTP_URL, or start the server"
    # Looked at before smtplib does, which ends in an error that carries the password.
    if not f"{smtp.user or ''}{smtp.password or ''}".isascii():
        text = f"{place}: the user or the password has characters outside ASCII"
        return mend("smtp", text, "choose others, and correct TREFFPUNKT_SMTP_URL")
    try:
        with _connection(smtp) as connection:
            connection.ehlo()
            if smtp.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if smtp.user:
                connection.login(smtp.user, smtp.password or "")
            connection.noop()
    except (OSError, smtplib.SMTPException) as error:
        return mend("smtp", f"{place}: {error}", remedy)
    except ValueError:  # not looked up, since it is no name
        return mend("smtp", f"{place}: the server name is not valid", remedy)
    return ok("smtp", f"{place} takes mails ({smtp.tls if smtp.tls != 'none' else 'unencrypted'})")


def _connection(smtp: Smtp) -> smtplib.SMTP:
    if smtp.tls == "implicit":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT)


def _record(name: str, domain: str, *, begins: str, remedy: str) -> Finding:
    try:
        records = text_records(domain)
    except LookupFailed as error:
        return note("dns", f"{name} could not be looked up: {error}", f"look for TXT {domain}")
    except UnicodeError:
        return mend("dns", f"{domain} is not a valid domain", "correct TREFFPUNKT_MAIL_FROM")
    found = [record for record in records if record.lower().startswith(begins.lower())]
    if not found:
        return mend("dns", f"no {name} record at {domain}", remedy)
    if len(found) > 1:
        return mend("dns", f"{len(found)} {name} records at {domain}", "leave exactly one")
    return ok("dns", f"{name}: {found[0]}")
