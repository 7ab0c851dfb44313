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
        "beat-counts-by-the-time-of-day",
        Edit(path="treffpunkt/beat.py", old=", nowfun=steady_now", new=""),
        breaks="clocks may be set anew",
        test=of_fault("clocks five minutes apart"),
        says="were not begun",
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
    mutation(
        "whoever-ended-in-peace-stays-away",
        Edit(
            path="treffpunkt/embedded/supervisor.py",
            old="elif child := self._children.pop(pid, None):",
            new="elif (child := self._children.pop(pid, None)) and status:",
        ),
        breaks="processes that were asked to stop are started anew",
        test=of_fault("restart relay"),
        says="relay was not started anew",
    ),
    mutation(
        "two-mailers-take-the-same-mail",
        Edit(
            path="services/notifications/use_cases/delivery.py",
            old="""          and (claimed_until is null or claimed_until <= statement_timestamp()
               or pg_try_advisory_xact_lock(mailer))
""",
            new="",
        ),
        Edit(
            path="services/notifications/use_cases/delivery.py",
            old="""given.id and mail.mailer = :mailer and mail.claimed_until is not null
      and mail.state in ('queued', 'retry')
""",
            new="given.id",
        ),
        breaks="more at once share the work",
        test=of_fault("more at once: mailer, relay, beat"),
        says="came 2 times",
    ),
    mutation(
        "a-repeated-call-acts-again",
        Edit(
            path="services/registration/use_cases/idempotency.py",
            old="    return known.answer\n",
            new="    return act()\n",
        ),
        breaks="one sign-up, however often it is sent",
        test=of_fault("pause web for 30 s"),
        says="without mail",
    ),
    *(
        mutation(
            f"a-redis-{name}-loses-what-it-did-not-take",
            Edit(
                path="shared/messaging/relay.py",
                old="    set due_at = statement_timestamp() + :delay, last_error = :error\n",
                new="    set due_at = statement_timestamp() + :delay * 1000, last_error = :error\n",
            ),
            breaks="what Redis did not take is sent again",
            test=of_fault(fault),
            says="not at rest",
        )
        for name, fault in (
            ("that-is-full", "redis: full for 10 s"),
            ("whose-replies-are-lost", "redis: replies lost"),
            ("that-is-silent", "redis: silent for 30 s"),
            ("that-stands-still", "pause redis for 30 s"),
        )
    ),
    mutation(
        "connections-are-trusted-for-ever",
        Edit(
            path="shared/messaging/broker.py",
            old='            "socket_timeout": 10,  # without it a black-holed Redis blocks for ever\n',
            new="",
        ),
        Edit(
            path="shared/messaging/broker.py",
            old='            "health_check_interval": 10,  # a half-open connection is noticed within 21 s\n',
            new="",
        ),
        breaks="half-open connections are noticed",
        test=of_fault("redis: half-open connections"),
        says="recovered after",
    ),
    mutation(
        "whoever-is-slow-counts-as-away",
        Edit(
            path="shared/messaging/broker.py",
            old='"socket_timeout": 10,',
            new='"socket_timeout": 0.1,',
        ),
        Edit(
            path="shared/messaging/relay.py",
            old="    set due_at = statement_timestamp() + :delay, last_error = :error\n",
            new="    set due_at = statement_timestamp() + :delay * 1000, last_error = :error\n",
        ),
        breaks="a slow Redis is waited for",
        test=of_fault("redis: slow for 10 s"),
        says="not at rest",
    ),
)
