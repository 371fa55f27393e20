"""What the modules that add verbs to the command line have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What verbs are added to."""

Add: TypeAlias = Callable[[Verbs, str, str, str, str], argparse.ArgumentParser]
"""Adds a verb: where, its name, `module:function` of what runs it, what it does, and an example."""
