"""Scaffold: a whole workspace from two plain documents of a store and a module of readers."""

from driftwright.authoring.init.build import Scaffold, build_workspace
from driftwright.authoring.init.request import Redact, Request

__all__ = ["Redact", "Request", "Scaffold", "build_workspace"]
