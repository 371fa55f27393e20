"""Invented stores and readers of them, generated: whatever names, containers and fields they have."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
_WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "harbor")
_SETS = (("open", "paid", "sent"), ("draft", "live", "gone"), ("low", "mid", "high", "top"))
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "uid", "orderId"),
    "word": ("status", "phase", "kind"),
    "flag": ("done", "hidden", "isPaid"),
    "number": ("price", "total", "votes"),
    "time": ("at", "createdAt", "placed"),
    "text": ("note", "title", "caption"),
    "link": ("link", "address", "href"),
    "inner": ("owner", "coupon", "detail"),
    "lines": ("lines", "items", "parts"),
    "user": ("user", "buyer", "author"),
}
_HOLDERS = ("orders", "entries", "clipsById", "rows")
_PEOPLE = ("people", "users", "accounts")

# A reader of each field: what it does with the list of all records, whatever holds them.
_READERS: Mapping[str, Callable[[Mapping[str, str], str], str]] = {
    "id": lambda name, _: f"all(d).map((one) => one.{name['id']})",
    "word": lambda name, word: f'all(d).filter((one) => one.{name["word"]} === "{word}").length',
    "flag": lambda name, _: f"all(d).filter((one) => one.{name['flag']} === true).length",
    "number": lambda name, _: f"all(d).reduce((sum, one) => sum + one.{name['number']}, 0)",
    "time": lambda name, _: f"all(d).map((one) => one.{name['time']}.slice(0, 10))",
    "text": lambda name, _: f"all(d).map((one) => one.{name['text']}.toUpperCase())",
    "link": lambda name, _: f'all(d).map((one) => one.{name["link"]}.split("/")[2])',
    "inner": lambda name, _: f'all(d).map((one) => one.{name["inner"]}?.code ?? "none")',
    "lines": lambda name, _: f"all(d).reduce((sum, one) => sum + one.{name['lines']}.length, 0)",
    "user": lambda name, _: f"all(d).map((one) => d.{name['people']}[one.{name['user']}].name)",
}


@dataclass(frozen=True, slots=True)
class Design:
    """How the stores of one invented program are built.

    Args:
        holder: The name under which the records stand.
        is_map: Whether they stand in a map by their ids, and not in a list.
        fields: The kinds of their fields.
        names: The name of each kind.
        words: The words of the small enumeration.
        wrapped: Whether all stands one level deeper.
    """

    holder: str
    is_map: bool
    fields: tuple[str, ...]
    names: Mapping[str, str]
    words: tuple[str, ...]
    wrapped: bool

    def store(self, seed: int, count: int) -> Document:
        """Return a store of so many records; other seeds are other data of the same program."""
        draw = random.Random(seed)  # noqa: S311 - invented content
        people = {
            f"usr_{draw.getrandbits(40):010x}": {"name": f"N{draw.randint(1, 99)}", "age": 20 + n} for n in range(4)
        }
        records = [self._record(draw, number, tuple(people)) for number in range(count)]
        held: Any = {f"k{draw.getrandbits(48):012x}": record for record in records} if self.is_map else records
        state = {self.holder: held, **({self.names["people"]: people} if "user" in self.fields else {})}
        return {"state": state, "version": 2} if self.wrapped else state

    def _record(self, draw: random.Random, number: int, people: tuple[str, ...]) -> Document:
        values: Mapping[str, Any] = {
            "id": f"r{draw.getrandbits(48):012x}",
            "word": self.words[number % len(self.words)],
            "flag": number % 2 == 0,
            "number": draw.randint(100, 9999),
            # The oldest first, as a program writes them: of few times the order by chance is that of another program.
            "time": f"2026-03-{10 + number:02}T0{draw.randint(1, 9)}:{draw.randint(10, 59)}:00Z",
            "text": " ".join(draw.choices(_WORDS, k=draw.randint(2, 5))),
            "link": f"https://shop{draw.randint(1, 3)}.example/p/{draw.randint(1, 999)}",
            "inner": {"code": f"C{draw.randint(10, 99)}", "share": draw.randint(1, 90)},
            "lines": [{"sku": f"S{draw.randint(10, 99)}", "count": draw.randint(1, 5)} for _ in range(1 + number % 3)],
            "user": draw.choice(people),
        }
        return {self.names[kind]: values[kind] for kind in self.fields}

    def readers(self) -> str:
        """Return a module of readers, one a field, each named after the kind of its field."""
        root = "d.state" if self.wrapped else "d"
        held = f"Object.values({root}.{self.holder})" if self.is_map else f"{root}.{self.holder}"
        lines = [f"const all = (d) => {held};"]
        for kind in self.fields:
            code = _READERS[kind](self.names, self.words[0])
            code = code.replace(f"d.{self.names['people']}[", f"{root}.{self.names['people']}[")
            lines.append(f"export const {kind} = (d) => {code};")
        lines.append("export const count = (d) => all(d).length;")
        return "\n".join(lines)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """A program of which nothing is known but that it keeps records."""
    fields = draw(st.lists(st.sampled_from(sorted(_NAMES)), min_size=3, max_size=7, unique=True))
    names = {kind: draw(st.sampled_from(of)) for kind, of in _NAMES.items()}
    return Design(
        holder=draw(st.sampled_from(_HOLDERS)),
        is_map=draw(st.booleans()),
        fields=tuple(fields),
        names={**names, "people": draw(st.sampled_from(_PEOPLE))},
        words=draw(st.sampled_from(_SETS)),
        wrapped=draw(st.booleans()),
    )
