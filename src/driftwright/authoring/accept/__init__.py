"""Adopt: a drift becomes the next version of its stores, once every fact is right on it and every fallback proven."""

from driftwright.authoring.accept.adoption import Adopted, Refused, accept_snapshot

__all__ = ["Adopted", "Refused", "accept_snapshot"]
