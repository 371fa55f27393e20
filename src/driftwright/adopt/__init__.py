"""Adopt: a drift becomes the next version of its stores, once every fact is right on it and every fallback proven."""

from driftwright.adopt.adoption import Adopted, Refused, adopt

__all__ = ["Adopted", "Refused", "adopt"]
