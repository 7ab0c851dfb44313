"""One break for each family of faults: the fault, survived otherwise, leaves something behind."""

from __future__ import annotations

from tests.mutations.mutation import Edit, mutation, of_fault

MUTATIONS = (
    mutation(
        "the-dead-are-not-replaced",
        Edit(
            path="treffpunkt/embedded/supervisor.py",
            old="        for child in self._reap():\n            self._schedule(child)\n",
            new="        self._reap()\n",
        ),
        breaks="processes are started anew",
        test=of_fault("kill -9 beat"),
        says="beat was not started anew",
    ),
    mutation(
        "a-claim-of-the-relay-lasts-a-day",
        Edit(
            path="shared/messaging/relay.py",
            old="LEASE = timedelta(seconds=30)",
            new="LEASE = timedelta(days=1)",
        ),
        breaks="what a dead relay held is sent",
        test=of_fault("relay dies: claimed, not published"),
        says="not received",
    ),
    mutation(
        "the-sweep-starts-nothing",
        Edit(path="shared/messaging/inbox.py", old=".limit(SWEEP_BATCH)", new=".limit(0)"),
        breaks="what a dead worker left is done",
        test=of_fault("worker dies: message recorded, not begun"),
        says="not done after",
    ),
    mutation(
        "receipts-are-never-asked-for",
        Edit(
            path="shared/messaging/relay.py",
            old="if sent < BATCH and present >= self.ask_at:",
            new="if present < 0:",
        ),
        breaks="what Redis lost is sent again",
        test=of_fault("redis: flushed"),
        says="not received",
    ),
    mutation(
        "any-policy-of-redis-is-fine",
        Edit(
            path="shared/messaging/publisher.py",
            old="if self.policy != SAFE_POLICY:",
            new="if not self.policy:",
        ),
        breaks="a Redis that throws queues away is refused",
        test=of_fault("redis: throws queues away when full"),
        says="is content although",
    ),
    mutation(
        "signatures-are-not-looked-at",
        Edit(
            path="shared/events/envelope.py",
            old="if hmac.compare_digest(expected, given):",
            new="if expected:",
        ),
        breaks="forged messages do nothing",
        test=of_fault("redis: forged messages"),
        says="has stored",
    ),
    mutation(
        "mails-are-given-up-where-the-server-is-away",
        Edit(
            path="services/notifications/mailer.py",
            old="Ended(id=row.id, next=Next(state=row.state), code",
            new='Ended(id=row.id, next=Next(state="suppressed"), code',
        ),
        breaks="mails wait for their server",
        test=of_fault("mail server away for 5 s"),
        says="not at rest",
    ),
    mutation(
        "asks-expire-by-the-clock-of-another",
        Edit(
            path="shared/messaging/publisher.py",
            old="expires + CLOCKS_APART",
            new="expires",
        ),
        breaks="clocks may differ",
        test=of_fault("clocks five minutes apart"),
        says="have no receipt",
    ),
)
