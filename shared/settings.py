"""Settings: read once from the environment, typed, loud on error. The only reader of os.environ."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SERVICES = ("registration", "scheduling", "notifications")
PREFIX = "TREFFPUNKT_"
LEAST_KEY_LENGTH = 32  # characters
# Every variable, in the order of .env.example (which a test compares with this).
VARIABLES = (
    "DATA_DIR",
    "BASE_URL",
    "REGISTRATION_DATABASE_URL",
    "SCHEDULING_DATABASE_URL",
    "NOTIFICATIONS_DATABASE_URL",
    "REDIS_URL",
    "SMTP_URL",
    "MAIL_FROM",
    "SECRET_KEY",
    "SESSION_PRIVATE_KEY",
    "SESSION_PUBLIC_KEY",
    "SECOND_FACTOR",
    "TIME_ZONE",
    "LANGUAGE",
    "HOLD_MINUTES",
    "VISIBILITY_TIMEOUT",
    "RECEIPT_AFTER",
    "SWEEP_INTERVAL",
    "KEEP_NAMES_DAYS",
    "KEEP_UNCONFIRMED_DAYS",
    "KEEP_SECURITY_LOG_DAYS",
    "RATE_LIMIT",
    "LIMITS_REDIS_URL",
    "TRUSTED_PROXIES",
    "LOG_LEVEL",
)

T = TypeVar("T")


class SettingsError(ValueError):
    """A setting is missing or malformed; the text names it and says how to mend it."""


@dataclass(frozen=True)
class Smtp:
    """Where mails are handed over."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls: str  # "none", "starttls" or "implicit"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an operator can set. Times in the unit their name says."""

    data_dir: Path
    database_urls: Mapping[str, str] = field(
        repr=False
    )  # by service; only those this process was given
    redis_url: str = field(repr=False)
    smtp: Smtp
    mail_from: str
    base_url: str  # without a slash at the end
    secret_keys: tuple[str, ...] = field(repr=False)  # newest first; all of them are accepted
    session_private_key: str | None = field(repr=False)
    session_public_key: str | None = field(repr=False)
    second_factor_required: bool  # of everybody who signs in
    time_zone: ZoneInfo
    language: str
    hold_minutes: int
    visibility_timeout: int  # seconds
    receipt_after: float  # seconds
    sweep_interval: float  # seconds
    keep_names_days: int  # after the meeting: names, addresses, what mails said
    keep_unconfirmed_days: int  # after signing up, where nobody confirmed it
    keep_security_log_days: int
    rate_limit: bool
    limits_redis_url: str | None = field(repr=False)  # None: every process counts by itself
    trusted_proxies: int  # hops in front of the web process
    log_level: str

    def database_url(self, service: str) -> str:
        """The database of *service*, or SettingsError that names the variable."""
        try:
            return self.database_urls[service]
        except KeyError:
            raise SettingsError(f"{PREFIX}{service.upper()}_DATABASE_URL is not set") from None

    @property
    def cookies_secure(self) -> bool:
        """Whether the public address is https, so that cookies may be sent over TLS only."""
        return self.base_url.startswith("https://")


class _Source:
    """Environment variables, each also from a file named by VARIABLE_FILE, then from a running stack."""

    def __init__(self, environment: Mapping[str, str], running: Mapping[str, str]) -> None:
        self._environment = environment
        self._running = running

    def get(self, name: str) -> str | None:
        """The value of TREFFPUNKT_*name*; empty counts as not set."""
        variable = PREFIX + name
        if value := self._environment.get(variable):
            return value
        if path := self._environment.get(f"{variable}_FILE"):
            try:
                return Path(path).read_text(encoding="utf-8").strip() or None
            except OSError as error:
                raise SettingsError(
                    f"{variable}_FILE: cannot read {path}: {error.strerror}"
                ) from error
        return self._running.get(variable) or None

    def required(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise SettingsError(
                f"{PREFIX}{name} is not set (and no running stack was found; is --data-dir right?)"
            )
        return value

    def parsed(self, name: str, default: str, parse: Callable[[str], T]) -> T:
        text = self.get(name) or default
        try:
            return parse(text)
        except (ValueError, KeyError, ZoneInfoNotFoundError) as error:
            raise SettingsError(f"{PREFIX}{name}: {text!r} is not usable: {error}") from error


def running_stack(data_dir: Path) -> dict[str, str]:
    """What the embedded stack in *data_dir* wrote about itself; empty if there is none."""
    try:
        content = json.loads((data_dir / "run" / "environment.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in content.items()}


def given(name: str) -> str | None:
    """TREFFPUNKT_*name* as the environment gives it, directly or by file; None where it does not."""
    return _Source(os.environ, {}).get(name)


def default_data_dir() -> Path:
    """The data folder where none is named on the command line."""
    return Path(os.environ.get(PREFIX + "DATA_DIR") or "var").absolute()


def load_settings(
    data_dir: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read all settings once. Raises SettingsError naming the variable and the remedy."""
    folder = (data_dir or default_data_dir()).absolute()
    source = _Source(os.environ if environment is None else environment, running_stack(folder))
    urls = {name: source.get(f"{name.upper()}_DATABASE_URL") for name in SERVICES}
    base_url = source.required("BASE_URL").rstrip("/")
    return Settings(
        data_dir=folder,
        database_urls={name: url for name, url in urls.items() if url},
        redis_url=source.parsed("REDIS_URL", "redis://127.0.0.1:6379/0", _redis_url),
        smtp=source.parsed("SMTP_URL", "smtp://127.0.0.1:25", parse_smtp_url),
        mail_from=source.get("MAIL_FROM") or _sender_at(base_url),
        base_url=base_url,
        secret_keys=source.parsed("SECRET_KEY", source.required("SECRET_KEY"), _secret_keys),
        session_private_key=_pem(source.get("SESSION_PRIVATE_KEY")),
        session_public_key=_pem(source.get("SESSION_PUBLIC_KEY")),
        second_factor_required=source.parsed("SECOND_FACTOR", "optional", _duty),
        time_zone=source.parsed("TIME_ZONE", "Europe/Berlin", ZoneInfo),
        language=source.parsed("LANGUAGE", "de", _language),
        hold_minutes=source.parsed("HOLD_MINUTES", "2880", _positive(int)),
        visibility_timeout=source.parsed("VISIBILITY_TIMEOUT", "900", _positive(int)),
        receipt_after=source.parsed("RECEIPT_AFTER", "30", _positive(float)),
        sweep_interval=source.parsed("SWEEP_INTERVAL", "10", _positive(float)),
        keep_names_days=source.parsed("KEEP_NAMES_DAYS", "90", _positive(int)),
        keep_unconfirmed_days=source.parsed("KEEP_UNCONFIRMED_DAYS", "7", _positive(int)),
        keep_security_log_days=source.parsed("KEEP_SECURITY_LOG_DAYS", "30", _positive(int)),
        rate_limit=source.parsed("RATE_LIMIT", "on", _switch),
        limits_redis_url=source.parsed("LIMITS_REDIS_URL", "", _redis_url_or_none),
        trusted_proxies=source.parsed("TRUSTED_PROXIES", "0", int),
        log_level=(source.get("LOG_LEVEL") or "INFO").upper(),
    )


def parse_smtp_url(text: str) -> Smtp:
    """Read smtp://[user:password@]host:port[?tls=none|starttls|implicit]; ValueError says what is wrong."""
    parts = urlsplit(text)
    if parts.scheme != "smtp" or not parts.hostname:
        raise ValueError("expected smtp://[user:password@]host:port[?tls=none|starttls|implicit]")
    tls = parse_qs(parts.query).get("tls", ["none"])[-1]
    if tls not in {"none", "starttls", "implicit"}:
        raise ValueError("tls must be none, starttls or implicit")
    default_port = {"none": 25, "starttls": 587, "implicit": 465}[tls]
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Smtp(parts.hostname, parts.port or default_port, user, password, tls)


def _sender_at(base_url: str) -> str:
    # A number or a bare name is no mail domain, and calendar entries keep it for life.
    host = urlsplit(base_url).hostname or ""
    is_domain = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    return f"treffpunkt@{host if is_domain else 'treffpunkt.example'}"


def _redis_url(text: str) -> str:
    if urlsplit(text).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError(
            "expected redis://, rediss:// or unix:// (Redis Cluster cannot carry the queues)"
        )
    return text


def _redis_url_or_none(text: str) -> str | None:
    return _redis_url(text) if text else None


def _secret_keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if any(len(key) < LEAST_KEY_LENGTH for key in keys):
        raise ValueError(
            f"each key needs {LEAST_KEY_LENGTH} characters or more; `treffpunkt keys` makes one"
        )
    return keys


def _pem(text: str | None) -> str | None:
    # One-line environment files carry the line breaks of a PEM block as \n.
    return text.replace("\\n", "\n") if text else None


def _language(text: str) -> str:
    if text not in {"de", "en"}:
        raise ValueError("expected de or en")
    return text


def _switch(text: str) -> bool:
    return {"on": True, "off": False}[text.lower()]


def _duty(text: str) -> bool:
    if text not in {"optional", "required"}:
        raise ValueError("expected optional or required")
    return text == "required"


def _positive(kind: Callable[[str], T]) -> Callable[[str], T]:
    def parse(text: str) -> T:
        value = kind(text)
        if value <= 0:  # type: ignore[operator]
            raise ValueError("must be more than 0")
        return value

    return parse
