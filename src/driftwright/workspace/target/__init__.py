"""A probe target: its page, its stores and its page states."""
