"""Asks the running web process whether the services are ready."""

from __future__ import annotations

import http.client

PATHS = ("/health/ready", "/scheduling/health/ready", "/notifications/health/ready")
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def not_ready(address: tuple[str, int]) -> str | None:
    """What is missing, in words; None when all three services are ready."""
    host, port = address
    for path in PATHS:
        if (problem := _problem(EVERYWHERE.get(host, host), port, path)) is not None:
            return problem
    return None


def _problem(host: str, port: int, path: str) -> str | None:
    connection = http.client.HTTPConnection(host, port, timeout=3)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read(500).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"{path}: {error}"
    finally:
        connection.close()
    return None if answer.status == http.client.OK else f"{path}: {answer.status} {body}"
