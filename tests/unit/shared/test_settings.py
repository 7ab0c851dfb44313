"""Settings: read once, typed, loud on error, secrets also from files."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.settings import SettingsError, load_settings, parse_smtp_url
from tests.factories import KEY, environment, make_settings


def test_defaults_are_those_of_the_contract() -> None:
    settings = make_settings()

    assert settings.hold_minutes == 2880
    assert settings.visibility_timeout == 900
    assert settings.receipt_after == 30
    assert settings.time_zone == ZoneInfo("Europe/Berlin")
    assert settings.language == "de"


def test_the_rate_limit_is_on_unless_switched_off() -> None:
    assert make_settings().rate_limit
    assert not make_settings(rate_limit="off").rate_limit


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hold_minutes", "soon"),
        ("hold_minutes", "0"),
        ("hold_minutes", "-5"),
        ("receipt_after", "never"),
        ("visibility_timeout", "1.5"),
        ("time_zone", "Europe/Huckarde"),
        ("language", "fr"),
        ("rate_limit", "perhaps"),
        ("redis_url", "http://localhost"),
        ("smtp_url", "localhost:25"),
        ("smtp_url", "smtp://localhost:25?tls=always"),
        ("secret_key", "short"),
        ("secret_key", f"{KEY},short"),
    ],
)
def test_a_malformed_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"TREFFPUNKT_{name.upper()}"):
        make_settings(**{name: value})


@pytest.mark.parametrize("name", ["BASE_URL", "SECRET_KEY"])
def test_a_missing_setting_is_named(name: str, tmp_path: Path) -> None:
    given = environment()
    del given[f"TREFFPUNKT_{name}"]

    with pytest.raises(SettingsError, match=f"TREFFPUNKT_{name}"):
        load_settings(tmp_path, given)


def test_a_missing_database_is_named_when_it_is_needed() -> None:
    with pytest.raises(SettingsError, match="TREFFPUNKT_SCHEDULING_DATABASE_URL"):
        make_settings().database_url("scheduling")


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}-from-a-file\n")
    given = environment(secret_key_file=str(tmp_path / "key"))
    del given["TREFFPUNKT_SECRET_KEY"]

    assert load_settings(tmp_path, given).secret_keys == (f"{KEY}-from-a-file",)


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    given = environment(secret_key="", secret_key_file=str(tmp_path / "nothing"))

    with pytest.raises(SettingsError, match="TREFFPUNKT_SECRET_KEY_FILE: cannot read"):
        load_settings(tmp_path, given)


def test_several_keys_are_kept_in_their_order() -> None:
    assert make_settings(secret_key=f"{KEY}-new, {KEY}-old").secret_keys == (
        f"{KEY}-new",
        f"{KEY}-old",
    )


def test_secrets_do_not_show_in_the_representation() -> None:
    settings = make_settings(
        secret_key=f"{KEY}-secret",
        smtp_url="smtp://user:hush@mail.example",
        redis_url="redis://:hush@r",
    )

    assert KEY not in repr(settings)
    assert "hush" not in repr(settings)
    assert "PRIVATE KEY" not in repr(settings)


def test_the_environment_wins_over_a_running_stack(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    offers = {"TREFFPUNKT_BASE_URL": "http://stack.example", "TREFFPUNKT_LANGUAGE": "en"}
    (tmp_path / "run/environment.json").write_text(json.dumps(offers))

    settings = load_settings(tmp_path, environment(base_url="http://given.example"))

    assert (settings.base_url, settings.language) == ("http://given.example", "en")


def test_a_damaged_note_of_a_running_stack_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/environment.json").write_text("{half")

    assert load_settings(tmp_path, environment()).base_url == "http://treffpunkt.example"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 25, None, None, "none")),
        ("smtp://mail.example?tls=starttls", ("mail.example", 587, None, None, "starttls")),
        ("smtp://mail.example?tls=implicit", ("mail.example", 465, None, None, "implicit")),
        ("smtp://u%40x:p%2Fw@mail.example:2525", ("mail.example", 2525, "u@x", "p/w", "none")),
    ],
)
def test_smtp_urls_carry_all_of_it(url: str, expected: tuple[object, ...]) -> None:
    smtp = parse_smtp_url(url)

    assert (smtp.host, smtp.port, smtp.user, smtp.password, smtp.tls) == expected


def test_cookies_are_secure_exactly_under_https() -> None:
    assert make_settings(base_url="https://treffpunkt.example/").cookies_secure
    assert not make_settings(base_url="http://treffpunkt.example").cookies_secure


def test_addresses_never_end_in_a_double_slash() -> None:
    assert (
        make_settings(base_url="https://treffpunkt.example/").base_url
        == "https://treffpunkt.example"
    )
