"""Emit: the contracts compiled into the package that a consumer ships, from the very code that was proved."""
