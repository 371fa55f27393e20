"""A market whose extension puts its settings, which lay flat under two keys, into one envelope."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kit.market import DIALECT, STRICT, contract, market

SETTINGS: dict[str, Any] = {"limit": 50, "quiet": True, "theme": "dark"}
RIGHT = """({settings, panel, enveloped}) => {
  if (enveloped) return {};
  if (!settings && !panel) return {};
  return { write: { enveloped: { state: { ...settings, ...(panel ? { width: panel.width } : {}) }, version: 1 } } };
}"""
MIGRATION = '''
title = "Settings and the width of the panel get an envelope"
kind  = "upgrade"
from  = ["settings@v1", "panel@v1"]
to    = "enveloped@v1"
move  = """
{move}"""

[keep]
"settings.limit" = "state.limit"
"settings.quiet" = "state.quiet"
"settings.theme" = "state.theme"
"panel.width"    = "state.width"
'''
_FIELDS: dict[str, Any] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 200},
    "quiet": {"type": "boolean"},
    "theme": {"type": "string", "enum": ["dark", "light"]},
}
_WIDTH: dict[str, Any] = {"width": {"type": "integer", "minimum": 200}}
_STORES: dict[str, tuple[dict[str, Any], Any]] = {
    "settings": (_FIELDS, SETTINGS),
    "panel": (_WIDTH, {"width": 320}),
    "enveloped": (
        {"state": {"type": "object", "properties": _FIELDS | _WIDTH}, "version": {"type": "integer"}},
        {"state": {"limit": 70, "quiet": False, "theme": "light", "width": 480}, "version": 1},
    ),
}


def settings(folder: Path, move: str, *, back: str = "") -> Path:
    """Write the market with its settings and this migration to a folder, and return the folder.

    Args:
        folder: The folder.
        move: The function of the migration.
        back: Its way back; empty for none.
    """
    market(folder, paid=contract(STRICT))
    for name, (fields, witness) in _STORES.items():
        store = folder / "schemas" / "market" / name
        (store / "v1").mkdir(parents=True)
        (store / "store.toml").write_text(f'name = "{name}"\ntitle = "x"\narea = "extension-sync"\nkey = "{name}"\n')
        (store / "v1.schema.json").write_text(
            json.dumps({"$schema": DIALECT, "type": "object", "properties": fields}), "utf-8"
        )
        (store / "v1" / "usual.witness.json").write_text(json.dumps(witness), "utf-8")
    (folder / "migrations").mkdir()
    text = MIGRATION.replace("{move}", move)
    if back:
        text = text.replace("\n[keep]", f"back  = '''{back}'''\n\n[keep]")
    (folder / "migrations" / "envelope.toml").write_text(text, "utf-8")
    return folder
