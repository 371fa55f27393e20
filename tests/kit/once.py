"""Work that several tests look at, done once a run, whichever worker comes first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from filelock import FileLock

Made: TypeAlias = Callable[[str, Callable[[Path], object]], Path]
"""The fixture `made_once`: a name, and what fills a new folder; it gives that folder, filled by whoever was first."""


def made_once(factory: pytest.TempPathFactory, worker: str, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that `make` has filled; tests may look at it and must not change it.

    Args:
        factory: Where this worker's folders come from; those of all workers of a run lie beside each other.
        worker: The name of this worker; `master` where there is only one.
        name: What is made; nothing else in the run has this name.
        make: Fills the folder. When it fails, the next one who asks tries again in a new folder.
    """
    base = factory.getbasetemp() if worker == "master" else factory.getbasetemp().parent
    home = base / "once" / name
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "lock"):
        whole = home / "whole"
        if not whole.exists():
            folder = home / f"try-{len(list(home.glob('try-*')))}"
            folder.mkdir()
            make(folder)
            whole.write_text(folder.name, "utf-8")
        return home / whole.read_text("utf-8")
