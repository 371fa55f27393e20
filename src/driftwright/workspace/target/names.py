"""The addresses that a target names: its login, and the hosts that the page needs."""

from __future__ import annotations

import re

from driftwright.base.toml import Table

_HOST = re.compile(r"[A-Za-z0-9.*:\[\]-]+")


def login_patterns(table: Table) -> tuple[str, ...]:
    """Return the patterns of the login's addresses.

    Raises:
        InputFault: One is neither a path nor a whole URL.
    """
    patterns = table.texts("login")
    for pattern in patterns:
        if not pattern.startswith(("/", "http://", "https://")):
            raise table.fault(
                f"{pattern!r} is no address", "login", 'write "/login*" or "https://accounts.shop.test/*"'
            )
    return patterns


def host_patterns(table: Table) -> tuple[str, ...]:
    """Return the hosts beside the page's own.

    Raises:
        InputFault: One is no host, so that it could mean another rule to the browser.
    """
    patterns = table.texts("hosts")
    for host in patterns:
        if not _HOST.fullmatch(host):
            raise table.fault(f"{host!r} is no host", "hosts", 'write "cdn.shop.test" or "*.shop.test"')
    return patterns
