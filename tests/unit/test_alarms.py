"""Every alarm that can be raised has words for people and a line for the operator."""

from __future__ import annotations

import re
from pathlib import Path

from services.notifications.domain.retries import LEASE
from shared.language import speaking
from shared.messaging import condition, troubles
from shared.messaging.condition import Condition, Pile, Sign, Trouble

ROOT = Path(__file__).resolve().parents[2]
RAISED = re.compile(r'Trouble\(\s*"([a-z_]+)"|"((?:redis|smtp)_(?:away|evicts|full))"')
SOURCES = [
    ROOT / "shared/messaging/condition.py",
    ROOT / "shared/messaging/relay.py",
    ROOT / "shared/messaging/publisher.py",
    ROOT / "services/notifications/mailer.py",
    ROOT / "services/notifications/queries/operations.py",
]


def raised() -> set[str]:
    """The codes that the sources name."""
    texts = (path.read_text(encoding="utf-8") for path in SOURCES)
    return {code for text in texts for found in RAISED.findall(text) for code in found if code}


def test_every_alarm_has_words_and_every_word_an_alarm() -> None:
    assert raised() == set(troubles.WORDS)


def test_the_operator_finds_every_alarm_in_the_handbook() -> None:
    handbook = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

    assert [code for code in troubles.WORDS if f"\n| `{code}` |" not in handbook] == []


def test_every_metric_of_the_handbook_is_told() -> None:
    handbook = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "shared").rglob("*.py"))
    code += "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    code += (ROOT / "services/registration/queries/operations.py").read_text(encoding="utf-8")
    named = set(re.findall(r"treffpunkt_([a-z_]+)", handbook.partition("What each alarm means")[0]))

    untold = {name for name in named if name.removesuffix("_total") not in code}
    assert untold <= {"mails_sent_total"}  # by outcome


def test_every_sentence_can_be_said() -> None:
    for code in troubles.WORDS:
        said = troubles.what(Trouble(code, "relay", 200))
        assert said.endswith(".")
        assert "%" not in said


def test_lengths_of_time_read_as_people_say_them() -> None:
    lengths = (1, 119, 120, 7199, 7200, 172800)
    with speaking("en"):
        spoken = [troubles.duration(seconds) for seconds in lengths]

    assert spoken == ["1 second", "119 seconds", "2 minutes", "119 minutes", "2 hours", "2 days"]


def mailer(instance: str, age: float) -> Sign:
    return Sign(process="mailer", instance=instance, age=age, trouble=None, figures={})


def relay(instance: str, age: float, trouble: str | None = None) -> Sign:
    return Sign(process="relay", instance=instance, age=age, trouble=trouble, figures={})


def seen(*signs: Sign, expected: str = "relay", history_age: float | None = None) -> Condition:
    """The newest first."""
    return Condition(
        service="registration",
        lanes=[],
        unfinished=Pile(),
        parked=Pile(),
        signs=signs,
        canary_age=1.0,
        canary_took=0.1,
        check=None,
        history_age=history_age,
        expected=[expected],
    )


def test_an_instance_that_was_replaced_is_no_alarm() -> None:
    now, new, old = seen(relay("b", 1.0), relay("a", 600.0)), relay("b", 1.0), relay("a", 600.0)

    assert list(condition.troubles(now)) == []
    assert [now.state_of(sign) for sign in (new, old)] == ["process_lives", "process_ended"]


def test_that_no_check_was_ever_made_is_an_alarm_once_there_was_a_night_for_it() -> None:
    young, old = (seen(relay("a", 1.0), history_age=hours * 3600.0) for hours in (35, 37))

    assert list(condition.troubles(young)) == []
    assert list(condition.troubles(old)) == [Trouble("check_overdue", number=37 * 3600)]


def test_of_several_instances_the_last_word_counts() -> None:
    mended = seen(relay("b", 1.0), relay("a", 20.0, trouble="redis_evicts"))
    broken = seen(relay("b", 1.0, trouble="redis_evicts"), relay("a", 20.0))

    assert (mended.told, broken.told) == ([], ["redis_evicts"])


def test_a_mailer_may_be_silent_for_as_long_as_a_slow_mail_server() -> None:
    slow, dead = mailer("a", LEASE.total_seconds() + 60), mailer("a", 1201.0)

    assert list(condition.troubles(seen(slow, expected="mailer"))) == []
    assert seen(slow).state_of(slow) == "process_lives"
    assert list(condition.troubles(seen(dead, expected="mailer"))) == [
        Trouble("process_silent", "mailer", 1201)
    ]
    assert seen(dead).state_of(dead) == "process_silent"


def test_all_others_are_silent_after_a_minute_and_a_half() -> None:
    assert [relay("a", age).is_silent for age in (89.0, 91.0)] == [False, True]
    assert list(condition.troubles(seen(relay("a", 91.0)))) == [
        Trouble("process_silent", "relay", 91)
    ]


def test_the_handbook_knows_how_long_each_may_be_silent() -> None:
    handbook = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^\| `process_silent` .*$", handbook, re.MULTILINE)

    assert f'{{process!="mailer"}} > {condition.SILENT:.0f}`' in line
    for process, limit in condition.SILENT_OF.items():
        assert f'{{process="{process}"}} > {limit:.0f}`' in line
