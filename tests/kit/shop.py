"""A made-up shop, as an app of its own: its store on several days, and the readers of a badge that shows its orders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kit.program import run_here

PRIVATE = ("Anna Secretive", "Bob Hiddenborn", "ring twice at the back door", "anna@private.example", "7313.37")
"""What of the shop's customers no file and no output may ever hold."""

READERS = """\
// What the badge of our extension shows.
export const itemCount = (shop) =>
  Object.values(shop.orders).flatMap((order) => order.items).reduce((sum, item) => sum + (item.qty ?? 0), 0);
export function shippedOrders(shop) {
  return Object.values(shop.orders).filter((order) => order.status === "shipped").length;
}
export const itemsOfOrder = (shop, id) => shop.orders[id].items.length;
export const revenue = (shop) => Object.values(shop.orders).reduce((sum, order) => sum + order.total, 0);
export const statuses = (shop) => shop.carts.current.orderIds.map((id) => shop.orders[id].status);
"""

FACTS = ("item_count", "items_of_order", "revenue", "shipped_orders", "statuses")


def shop(orders: int) -> dict[str, Any]:
    """Return the shop's store with so many orders."""
    orders_by_id: dict[str, Any] = {}
    for number in range(orders):
        name = f"ord-{9000 + number:06d}-{number * 7919 % 997:03d}x"
        orders_by_id[name] = {
            "id": name,
            "customer": PRIVATE[number % 2],
            "mail": PRIVATE[3],
            "status": ["open", "shipped", "cancelled"][number % 3],
            "total": 7313.37 if number == 0 else round(19.99 * (number + 1), 2),
            "items": [
                {"sku": f"SKU{number}{place}", "qty": place + 1, "gift": bool((number + place) % 2)}
                for place in range(1 + number % 3)
            ],
            "placedAt": f"2026-10-0{number + 1}T10:00:00Z",
            **({"note": PRIVATE[2]} if number % 2 else {}),
        }
    cart = {"orderIds": list(orders_by_id)[:2], "coupon": None if orders < 4 else "AUTUMN"}
    return {"version": 3, "carts": {"current": cart}, "orders": orders_by_id}


def renamed(orders: int, old: str = "status", new: str = "state") -> dict[str, Any]:
    """Return the shop's store after a release in which a field of an order has another name."""
    document = shop(orders)
    for order in document["orders"].values():
        order[new] = order.pop(old)
    return document


def write_shop(folder: Path) -> None:
    """Write what a new user has: the store on two days, and the readers."""
    (folder / "monday.json").write_text(json.dumps(shop(3)), encoding="utf-8")
    (folder / "friday.json").write_text(json.dumps(shop(5)), encoding="utf-8")
    (folder / "renamed.json").write_text(json.dumps(renamed(5)), encoding="utf-8")
    (folder / "readers.js").write_text(READERS, encoding="utf-8")


def begin_shop(folder: Path, readers: str = READERS) -> None:
    """Write what a new user has, and the workspace `drift` that `init` makes of it, with the address of the page."""
    write_shop(folder)
    (folder / "readers.js").write_text(readers, encoding="utf-8")
    options = ("--snapshot", "monday.json", "--snapshot", "friday.json", "--url", "https://shop.example/")
    assert run_here(folder, "init", "drift", "--key", "shop", "--readers", "readers.js", *options).code == 0


def texts_below(folder: Path) -> dict[str, str]:
    """Return the text of every file below a folder, by its path there."""
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
