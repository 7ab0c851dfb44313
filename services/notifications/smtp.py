"""The only module that speaks SMTP: one kept connection, and in which phase it broke.

Broken before the final dot was handed over, a mail was certainly not accepted. Broken after it, nobody
knows. Where TLS is required, nothing is said in the clear, whatever the server offers.
"""

from __future__ import annotations

import select
import smtplib
import socket
import ssl
from dataclasses import dataclass

from services.notifications.domain.retries import Outcome
from shared.settings import Smtp

GO_AHEAD = 354
CLOSING = 421
_LONGEST_TEXT = 500
_UNSAYABLE = "the %s's address has characters that SMTP does not carry"
_BROKEN = (OSError, smtplib.SMTPException)
_HUNG_UP = frozenset({Outcome.UNDELIVERED, Outcome.INTERRUPTED})


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the server may stay silent, in seconds."""

    connect: float = 10  # each step until mails can be handed over
    command: float = 60
    # It may take ten minutes to answer the final dot (RFC 5321, 4.5.3.2.6).
    final_reply: float = 600


class ServerAwayError(Exception):
    """The server cannot be used now: away, busy, no TLS, login refused. No mail was touched."""

    TELLS_NOBODY = True  # and addresses in what the server says are masked


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """How handing over one mail ended, with the server's words."""

    outcome: Outcome
    code: int | None = None
    text: str = ""


class Courier:
    """Hands mails to one server, one after the other."""

    def __init__(self, settings: Smtp, patience: Patience | None = None) -> None:
        self._settings = settings
        self._patience = patience or Patience()
        self._connection: smtplib.SMTP | None = None

    def connect(self) -> None:
        """Make sure of a live connection. Raises ServerAwayError."""
        if self._connection is not None and not _has_hung_up(self._connection):
            return
        self.close()
        try:
            self._connection = self._open()
        except _BROKEN as error:
            raise ServerAwayError(_words(error)) from error
        except ValueError as error:  # not looked up, since it is no name
            raise ServerAwayError("TREFFPUNKT_SMTP_URL: the server name is not valid") from error

    def _open(self) -> smtplib.SMTP:
        given = self._settings
        if given.tls == "implicit":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                timeout=self._patience.connect, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(timeout=self._patience.connect)
        try:
            self._greet(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _greet(self, connection: smtplib.SMTP) -> None:
        given = self._settings
        # Python checks a certificate against this name; connect() alone does not set it.
        connection._host = given.host  # type: ignore[attr-defined]  # noqa: SLF001
        code, text = connection.connect(given.host, given.port)
        if code != 220:  # noqa: PLR2004 - RFC 5321: service ready
            raise smtplib.SMTPConnectError(code, text)
        connection.ehlo_or_helo_if_needed()
        if given.tls == "starttls":
            # Raises where the server does not offer it: never plain where TLS is required.
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
        if given.user is not None:
            _log_in(connection, given.user, given.password or "")
        _socket(connection).settimeout(self._patience.command)
        _socket(connection).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, sender: str, recipient: str, message: bytes) -> Attempt:
        """Hand over one mail. Never raises for what the server or the network does."""
        connection = self._connection
        if connection is None:
            return Attempt(outcome=Outcome.UNDELIVERED, text="not connected")
        refused = _announce(connection, sender) or _hand_over(connection, recipient, message)
        if refused is not None:
            self._begin_anew(refused)
            return refused
        return self._final_reply(connection)

    def _final_reply(self, connection: smtplib.SMTP) -> Attempt:
        try:
            _socket(connection).settimeout(self._patience.final_reply)
            code, text = _in_step(connection.getreply())
            _socket(connection).settimeout(self._patience.command)
        except _BROKEN as error:
            self.close()
            return Attempt(outcome=Outcome.UNKNOWN, text=_words(error))
        attempt = _judged(code, text)
        if code == CLOSING:
            self.close()
        return attempt

    def _begin_anew(self, refused: Attempt) -> None:
        if refused.outcome in _HUNG_UP or self._connection is None:
            self.close()
            return
        try:
            self._connection.rset()
        except _BROKEN:
            self.close()

    def close(self) -> None:
        """Hang up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _log_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    # Looked at before smtplib does: its error would carry the password.
    if not (user + password).isascii():
        raise ServerAwayError(
            "TREFFPUNKT_SMTP_URL: the user or the password has characters outside ASCII"
        )
    connection.login(user, password)


def _announce(connection: smtplib.SMTP, sender: str) -> Attempt | None:
    """MAIL, which is the same for every mail; what was said against it, or None."""
    try:
        code, text = _in_step(connection.docmd(f"MAIL FROM:<{sender}>"))
    except _BROKEN as error:
        return Attempt(outcome=Outcome.UNDELIVERED, text=_words(error))
    except ValueError:
        return Attempt(outcome=Outcome.SENDER_UNUSABLE, text=_UNSAYABLE % "sender")
    if _is_fine(code):
        return None
    outcome = Outcome.UNDELIVERED if code == CLOSING else Outcome.SENDER_REFUSED
    return Attempt(outcome=outcome, code=code, text=_plain(text))


def _hand_over(connection: smtplib.SMTP, recipient: str, message: bytes) -> Attempt | None:
    """All that follows, up to the final dot; what was refused, or None when it is out."""
    try:
        refused = _prepare(connection, recipient)
        if refused is None:
            # An error here means that not even the kernel got the final dot.
            _socket(connection).sendall(_with_final_dot(message))
    except _BROKEN as error:
        return Attempt(outcome=Outcome.INTERRUPTED, text=_words(error))
    except ValueError:
        return Attempt(outcome=Outcome.REFUSED, text=_UNSAYABLE % "recipient")
    return refused


def _prepare(connection: smtplib.SMTP, recipient: str) -> Attempt | None:
    """RCPT, DATA; what was refused, or None when the message may follow."""
    code, text = _in_step(connection.docmd(f"RCPT TO:<{recipient}>"))
    if not _is_fine(code):
        return _judged(code, text)
    code, text = _in_step(connection.docmd("DATA"), positive=3)
    return None if code == GO_AHEAD else _judged(code, text)


def _in_step(reply: tuple[int, bytes], positive: int = 2) -> tuple[int, bytes]:
    """The reply, if it is one to what was said: *positive* hundred or a refusal.

    Anything else counts as a broken connection, since nobody knows what it means.
    """
    if reply[0] // 100 not in {positive, 4, 5}:
        raise smtplib.SMTPServerDisconnected("the server's reply makes no sense")
    return reply


def _is_fine(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004 - RFC 5321: completed


def _judged(code: int, text: bytes) -> Attempt:
    """What an answer to the recipient or to the message means."""
    return Attempt(outcome=_meaning(code), code=code, text=_plain(text))


def _meaning(code: int) -> Outcome:
    if _is_fine(code):
        return Outcome.SENT
    if code >= 500:  # noqa: PLR2004 - RFC 5321: refused for good
        return Outcome.REFUSED
    # 421: the server closes shop. It took the mail up before, so perhaps because of it.
    return Outcome.INTERRUPTED if code == CLOSING else Outcome.REFUSED_FOR_NOW


def _with_final_dot(message: bytes) -> bytes:
    if b"\r\n." in message:
        message = message.replace(b"\r\n.", b"\r\n..")
    return message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")


def _socket(connection: smtplib.SMTP) -> socket.socket:
    sock = connection.sock
    if sock is None:
        raise smtplib.SMTPServerDisconnected("not connected")
    return sock


def _has_hung_up(connection: smtplib.SMTP) -> bool:
    """Whether the server said something (421) or closed while nothing was asked."""
    if connection.sock is None:
        return True
    poll = select.poll()
    poll.register(connection.sock.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
    return bool(poll.poll(0))


def _plain(text: bytes) -> str:
    words = text.decode("utf-8", "replace").replace("\x00", " ")[:_LONGEST_TEXT]
    return words or "without a word"


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\x00", " ")[:_LONGEST_TEXT]
