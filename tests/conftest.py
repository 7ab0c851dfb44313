"""What all tests share: an odd time zone, real servers, migrated databases, the whole stack."""

from __future__ import annotations

import os
import signal
import tempfile
import time

from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache

# An odd zone finds times that forgot theirs; set before anything reads it.
os.environ["TZ"] = "Pacific/Chatham"
time.tzset()
for variable in [name for name in os.environ if name.startswith("TREFFPUNKT_")]:
    del os.environ[variable]

# A run in the background starts with Ctrl-C ignored, and all that it starts would ignore it too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Many tests make apps of their own: each template is compiled once for all of them.
_compiled = tempfile.TemporaryDirectory(prefix="treffpunkt-templates-")
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(_compiled.name)}

# No test asserts a time: machines are noisy.
hypothesis_settings.register_profile(
    "treffpunkt", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("treffpunkt")

pytest_plugins = [
    "tests.databases",
    "tests.stack",
    "tests.offices",
    "tests.towns",
    "tests.messaging",
    "tests.chromium",
]
