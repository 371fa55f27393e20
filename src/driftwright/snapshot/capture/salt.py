"""The workspace's salt: pseudonyms made with it are the same in every run, and cannot be computed without it.

The salt never leaves this machine's processes of ours. Whatever runs in a browser, which may be a page that means harm
or, behind a port, no browser at all, gets the page's key, derived from the salt; what it answers under that key is
hidden once more under the salt (`rekeying.py`). A pseudonym that is kept is therefore

    hidden(salt, hidden(page_key(salt), text))

and whoever saw everything that was sent to a browser, and holds the snapshot, can compute the inner half of it and
nothing of the outer one: of a PIN or a short word no more is told than its form, and that it is the same text. The key
is one for all captures of a workspace, for one word must have one pseudonym over captures, ways and known-good stores;
with a key for each capture nothing that is drawn in the page could be joined again by anybody, us included.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.files import name_beside, write_new

LENGTH = 32
_NAME = "salt"


class Salt(bytes):
    """Random bytes that no `repr`, and so no log and no report of a failed test, shows."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Salt(hidden)"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return repr(self)


class Hidden(str):
    """A text that holds the salt, for the browser alone: no `repr` shows it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Hidden(...)"


def page_key(salt: bytes) -> Salt:
    """Return the key under which texts are hidden in a browser; the salt cannot be computed from it."""
    return Salt(hmac.new(salt, b"driftwright: the key of pages, 1", hashlib.sha256).digest())


def workspace_salt(folder: Path) -> Salt:
    """Return the 32 random bytes kept in `folder`, made there on first use with mode 0600.

    Raises:
        InputFault: The file is damaged, a symbolic link, or readable by others.
        MachineFault: The folder cannot be written.
    """
    path = folder / _NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists() and not path.is_symlink():
            _create(path)
        return _read(path)
    except OSError as error:
        problem = f"cannot keep the salt ({error.strerror or 'input or output failed'})"
        raise MachineFault(problem, str(path), "", "check the folder's permissions") from None


def _create(path: Path) -> None:
    temporary = name_beside(path)
    try:
        write_new(temporary, secrets.token_bytes(LENGTH))
        # A link, unlike a rename, fails when another run was quicker: both then use the one that is there.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)


def _read(path: Path) -> Salt:
    if path.is_symlink():
        raise InputFault("the salt is a symbolic link", str(path), "", "remove it; a new one is made")
    if not path.is_file():
        raise InputFault("the salt is no file", str(path), "", "remove it; a new one is made")
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise InputFault("the salt is open to other users", str(path), "", "run `chmod 600` on it")
    salt = Salt(path.read_bytes())
    if len(salt) != LENGTH:
        raise InputFault(f"the salt is not {LENGTH} bytes long", str(path), "", "remove it; a new one is made")
    return salt
