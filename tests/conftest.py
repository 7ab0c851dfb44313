"""What all tests share: an odd time zone, real servers, migrated databases, the whole stack."""

from __future__ import annotations

import os
import time

# An odd zone finds times that forgot theirs; set before anything reads it.
os.environ["TZ"] = "Pacific/Chatham"
time.tzset()
for variable in [name for name in os.environ if name.startswith("TREFFPUNKT_")]:
    del os.environ[variable]

pytest_plugins = ["tests.databases", "tests.stack", "tests.offices"]
