"""Contract tests for storage you don't own."""

__version__ = "0.1.0"
