"""The process that sends mails: claims due rows, renders, commits *sending*, hands over, records the end.

Several may run. It is woken by NOTIFY and looks once a second as the net under it; a hanging SMTP server
blocks no event, since only this process waits for it.
"""

from __future__ import annotations

import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.notifications.domain import relevance, retries
from services.notifications.domain.retries import Next, Outcome
from services.notifications.domain.scene import Scene
from services.notifications.smtp import Attempt, Courier, ServerAwayError
from services.notifications.use_cases import delivery, recovery
from services.notifications.use_cases.delivery import Ended, Ready
from services.notifications.use_cases.rendering.message import BadAddressError, ascii_address
from services.notifications.use_cases.rendering.render import Envelope, Renderer
from services.notifications.use_cases.scenes import Scenes
from shared.clock import now
from shared.database import Database
from shared.listening import Listening
from shared.messaging.signs import Heart
from shared.observability import configure_logging, count, get_logger
from shared.settings import Settings
from shared.telling_errors import described

CHANNEL = "mails"
POLL = 1.0  # seconds
# When many wait; after a crash so many may be *perhaps delivered*. Ten would be a third faster.
BATCH = 2
# A mail of the batch that is not begun by then goes back: its lease must outlast the server's longest pause.
BATCH_TIME = 60.0  # seconds
RECOVER_EVERY = 5.0  # seconds between two looks for mails of mailers that died

log = get_logger("notifications.mailer")


class Mailer:
    """Sends what is due until it is told to stop."""

    def __init__(self, settings: Settings, courier: Courier | None = None) -> None:
        self.database = Database(
            settings.database_url("notifications"), "treffpunkt-mailer", pool_size=1
        )
        # One session for everything: it is what others know this mailer by (see delivery).
        self.listening = Listening(self.database, CHANNEL)
        self.renderer = Renderer(settings)
        self.scenes = Scenes(self.renderer.links)
        self.courier = courier or Courier(settings.smtp)
        self.running = True
        self.heart = Heart("mailer")
        self._troubles: set[str] = set()
        self._refusals = 0  # times in a row that the server was away
        self._unreachable = False  # the last time, not even a connection
        self._away_until = 0.0  # on the monotonic clock
        self._recover_at = 0.0  # the same
        # What is known and not committed, by the number under which it was held: PostgreSQL was away.
        self._unrecorded: list[tuple[int, list[Ended]]] = []

    def run(self) -> None:
        """Until stop() is called."""
        self.renderer.warm_up()
        while self.running:
            try:
                sent = self.turn()
            except Exception as error:  # noqa: BLE001 - PostgreSQL away: rows stay, try again
                self._report("database", error)
                sent = 0
            if sent == 0:
                self._wait()
        self._speak_last()
        self.close()

    def _speak_last(self) -> None:
        try:
            if self._unrecorded:
                with self.listening.connection() as connection:
                    self._record_all(connection)
        except Exception as error:  # noqa: BLE001 - as if it had died: perhaps sent
            self._report("database", error)

    def stop(self, *_: object) -> None:
        """Finish the mail at hand and end; the rest of the batch goes back."""
        self.running = False

    def close(self) -> None:
        """Hang up everywhere."""
        self.courier.close()
        self.listening.close()
        self.database.close()

    def turn(self) -> int:
        """Send one batch; how many mails were dealt with."""
        with self.listening.connection() as connection:
            mailer = delivery.sign_on(connection)
            self._give_sign(connection)
            self._record_all(connection)
            self._recover(connection)
            if time.monotonic() < self._away_until:
                return 0
            rows = delivery.claim(connection, BATCH)
            self._troubles.discard("database")
            if not rows:
                if self._unreachable:  # it may be back, though nobody writes
                    self._connected()
                return 0
            if not self._connected():
                self._unrecorded.append((mailer, _given_back(rows)))
                self._record_all(connection)
                return 0
            self.scenes.learn(connection, rows)
            self._deal_with(connection, rows, mailer)
        return len(rows)

    def _give_sign(self, connection: Any) -> None:
        # Once is a pause of the server; rows that wait for it are tried again until it answers.
        self.heart.note("smtp_away" if self._refusals > 1 else None)
        if self.heart.is_due():
            self.heart.beat(connection)

    def _deal_with(self, connection: Any, rows: Sequence[Any], mailer: int) -> None:
        moment = now()
        prepared = [self._prepared(row, moment) for row in rows]
        self._unrecorded.append((mailer, [one for one in prepared if isinstance(one, Ended)]))
        self._record_all(connection)
        ready = {one.id: one for one in prepared if isinstance(one, Ready)}
        if ready:
            self._send_all(connection, rows, ready)

    def _record_all(self, connection: Any) -> None:
        """Commit what is known. Where that fails it stays known, for the next time."""
        while self._unrecorded:
            mailer, ended = self._unrecorded[0]
            untold = [mail for mail in ended if not mail.next.told]
            delivery.record(connection, untold, mailer=mailer, now=now())
            told = [mail for mail in ended if mail.next.told]
            if told:
                with self.database.transaction() as session:
                    delivery.record_failures(session, told, mailer=mailer, now=now())
            del self._unrecorded[0]

    def _recover(self, connection: Any) -> None:
        # Only here, between two batches: our own mails in *sending* would count as left.
        if time.monotonic() >= self._recover_at:
            if left := recovery.settle(connection):
                log.warning("mails_of_dead_mailers", mails=left)
            recovery.repeat(connection)
            self._recover_at = time.monotonic() + RECOVER_EVERY

    def _connected(self) -> bool:
        try:
            self.courier.connect()
        except ServerAwayError as error:
            self._server_is_away(error)
            self._unreachable = True
            return False
        if self._unreachable:
            self._server_is_there()
        return True

    def _server_is_away(self, error: Exception) -> None:
        self._away_until = time.monotonic() + self._pause().total_seconds()
        self._refusals += 1
        self._report("smtp", error)

    def _server_is_there(self) -> None:
        self._unreachable = False
        self._refusals = 0
        self._troubles.discard("smtp")

    def _pause(self) -> timedelta:
        return retries.AWAY[min(self._refusals, len(retries.AWAY) - 1)]

    def _prepared(self, row: Any, moment: datetime) -> Ready | Ended:
        """The mail with its bytes, or how it ended without having been sent."""
        kept = Ready(id=row.id, subject=None, message=None, message_id=None)
        if row.repeated and row.message is not None:
            return kept  # perhaps delivered: the same once more, whatever has happened since
        try:
            scene = self.scenes.scene(row, moment) if row.meeting_id else None
            if scene and (reason := relevance.unneeded(scene)):
                return Ended(id=row.id, next=Next(state="suppressed"), words=reason)
            return kept if row.message is not None else self._rendered(row, scene, moment)
        except Exception as error:  # noqa: BLE001 - one mail that cannot be written stops no other
            return _unwritten(row, error)

    def _rendered(self, row: Any, scene: Scene | None, moment: datetime) -> Ready:
        envelope = Envelope(
            key=row.key,
            kind=row.kind,
            recipient=row.recipient,
            recipient_name=row.recipient_name,
            language=row.language,
            registration_id=row.registration_id,
            in_reply_to=row.earlier_message_id or "",
            date=moment.replace(microsecond=0),
        )
        if scene is None:
            rendered = self.renderer.of_account(envelope, row.details)
        else:
            rendered = self.renderer.of_meeting(envelope, scene)
        return Ready(
            id=row.id,
            subject=rendered.subject,
            message=rendered.message,
            message_id=rendered.message_id,
        )

    def _send_all(self, connection: Any, rows: Sequence[Any], ready: Mapping[UUID, Ready]) -> None:
        mailer = delivery.sign_on(connection)
        # Until the server hears of a mail it is certainly not sent, even if *sending* was committed.
        known = {row.id: self._not_begun(row) for row in rows if row.id in ready}
        try:
            ours = delivery.mark_sending(connection, list(ready.values()), mailer)
            until = time.monotonic() + BATCH_TIME
            for row in rows:
                if row.id in ours and self._may_begin(until):
                    del known[row.id]
                    known[row.id] = self._send(row, ready[row.id].message or row.message)
        finally:
            self._unrecorded.append((mailer, list(known.values())))
        self._record_all(connection)

    def _not_begun(self, row: Any) -> Ended:
        return Ended(id=row.id, next=Next(state="retry", wait=self._pause(), counts=False))

    def _may_begin(self, until: float) -> bool:
        return self.running and time.monotonic() < until and self._connected()

    def _send(self, row: Any, message: bytes) -> Ended:
        attempt = self.courier.send(self.renderer.sender, ascii_address(row.recipient), message)
        following = retries.after(
            attempt.outcome, kind=row.kind, attempts=row.attempts + 1, repeated=row.repeated
        )
        if attempt.outcome is Outcome.UNDELIVERED:
            following = replace(following, wait=self._pause())
        self._note(row, attempt)
        words = retries.in_words(attempt.outcome, attempt.text)
        return Ended(id=row.id, next=following, code=attempt.code, words=words)

    def _note(self, row: Any, attempt: Attempt) -> None:
        if attempt.outcome is Outcome.UNDELIVERED:
            self._server_is_away(ServerAwayError(attempt.text))
        else:
            self._server_is_there()
        count(f"mails_{attempt.outcome}")
        waited = (now() - row.created_at) / timedelta(milliseconds=1)
        log.info(
            "mail",
            mail_id=str(row.id),
            kind=row.kind,
            outcome=attempt.outcome,
            code=attempt.code,
            ms=round(waited),
        )

    def _report(self, what: str, error: Exception) -> None:
        # Once per trouble, not once per attempt.
        if what not in self._troubles:
            log.warning("mailer_interrupted", what=what, error=described(error))
        self._troubles.add(what)

    def _wait(self) -> None:
        if not self.listening.is_woken():  # by what came together with the answers to the last look
            try:
                select.select([self.listening], [], [], POLL)
            except OSError:  # not connected: PostgreSQL is away
                time.sleep(POLL)
            self.listening.is_woken()


def _unwritten(row: Any, error: Exception) -> Ended:
    why = type(error).__name__
    if isinstance(error, BadAddressError):
        if trouble := _trouble_with(row.recipient):
            return Ended(id=row.id, next=Next(state="failed", told=True), words=trouble)
        why = f"sender or reply address: {error}"
    log.warning("rendering_failed", mail_id=str(row.id), kind=row.kind, exc_info=error)
    # Counted, so that it ends one day where a person sees it.
    following = retries.after(
        Outcome.UNWRITTEN, kind=row.kind, attempts=row.attempts + 1, repeated=False
    )
    words = retries.in_words(Outcome.UNWRITTEN, why)
    return Ended(id=row.id, next=following, words=words, counts_unsent=True)


def _trouble_with(address: str) -> str:
    try:
        ascii_address(address)
    except BadAddressError as error:
        return str(error)
    return ""


def _given_back(rows: Sequence[Any]) -> list[Ended]:
    """As if they had never been claimed."""
    return [
        Ended(id=row.id, next=Next(state=row.state), code=row.smtp_code, words=row.smtp_text or "")
        for row in rows
    ]


def process(settings: Settings) -> Callable[[], None]:
    """The body of the mailer process, which ends on TERM or INT. Made before a fork, it shares memory."""
    mailer = Mailer(settings)

    def run() -> None:
        configure_logging("mailer", settings.log_level)
        signal.signal(signal.SIGTERM, mailer.stop)
        signal.signal(signal.SIGINT, mailer.stop)
        log.info("mailer_started")
        mailer.run()

    return run
