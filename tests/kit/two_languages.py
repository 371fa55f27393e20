"""The same readers told in two languages, for documents of the cases: what one judge says of them must be the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderPair:
    """The readers of one kind of documents, written in two languages.

    Args:
        holds: The name by which these documents are known: the one member at their top.
        script: The readers in JavaScript.
        code: The same in Python, as one would write them there.
    """

    holds: str
    script: str
    code: str


TRACKS = ReaderPair(
    "tracks",
    """
const length = (track) => Math.floor(track.seconds / 60);
export const liked = (doc) => doc.tracks.filter((track) => track.liked === true).length;
export const titles = (doc) => doc.tracks.map((track) => track.title);
export const minutes = (doc) => doc.tracks.map(length);
export const longest = (doc) => Math.max(...doc.tracks.map((track) => track.seconds));
export const anyLiked = (doc) => doc.tracks.some((track) => track.liked ?? track.favourite ?? false);
export const hidden = (doc) => doc.tracks.filter((track) => track.hidden).length;
""",
    """
def length(track, unit=60, /):
    return track["seconds"] // unit

__all__ = ["liked", "titles", "minutes", "longest", "anyLiked", "hidden"]

def liked(doc):
    return sum(1 for track in doc["tracks"] if track["liked"] is True)

def titles(doc):
    return [track["title"] for track in doc["tracks"]]

def minutes(doc):
    return list(map(length, doc["tracks"]))

def longest(doc):
    return max(track["seconds"] for track in doc["tracks"])

def anyLiked(doc):
    return any(track.get("liked", track.get("favourite", False)) for track in doc["tracks"])

def hidden(doc):
    return len([track for track in doc["tracks"] if track.get("hidden")])
""",
)
BASKET = ReaderPair(
    "basket",
    """
const lines = (doc) => doc.basket;
export const sum = (doc) => lines(doc).reduce((all, line) => all + line.price * line.quantity, 0);
export const names = (doc) => lines(doc).map((line) => line.name);
export const dearest = (doc) => [...lines(doc)].sort((a, b) => b.price - a.price)[0].sku;
export const count = (doc) => lines(doc).length;
export const several = (doc) => lines(doc).filter(({ quantity }) => quantity > 1).length;
""",
    """
def _lines(doc):
    match doc:
        case {"basket": lines}:
            return lines

def sum(doc):
    total = 0
    for line in _lines(doc):
        total += line["price"] * line["quantity"]
    return total

def names(doc):
    return [line["name"] for line in _lines(doc)]

def dearest(doc):
    return sorted(_lines(doc), key=lambda line: -line["price"])[0]["sku"]

def count(doc):
    return len(_lines(doc))

def several(doc):
    return len([line for line in _lines(doc) if line["quantity"] > 1])
""",
)
EVENTS = ReaderPair(
    "events",
    """
export const rooms = (doc) => [...new Set(doc.events.map((event) => event.room))].sort();
export const minutes = (doc) => doc.events.reduce((all, event) => all + event.minutes, 0);
export const inBlue = (doc) => doc.events.filter((event) => event.room.startsWith("Blue")).length;
export const notes = (doc) => doc.events.filter((event) => event.note).map((event) => event.note);
export const byRoom = (doc) => Object.fromEntries(doc.events.map((event) => [event.room, event.title]));
""",
    """
from itertools import chain

def rooms(doc):
    return sorted({event["room"] for event in doc["events"]})

def minutes(doc):
    return sum(event["minutes"] for event in doc["events"])

def inBlue(doc):
    return sum(event["room"].startswith("Blue") for event in doc["events"])

def notes(doc):
    for event in chain(doc["events"]):
        if event.get("note"):
            yield event["note"]

def byRoom(doc):
    return {event["room"]: event["title"] for event in doc["events"]}
""",
)
ISSUES = ReaderPair(
    "issues",
    """
export const votes = (doc) => doc.issues.map((issue) => issue.votes).reduce((a, b) => a + b, 0);
export const ops = (doc) => doc.issues.filter((issue) => issue.key.startsWith("OPS-")).length;
const opened = (issue) => new Date(issue.opened).getTime();
export const newest = (doc) => doc.issues.map(opened).reduce((a, b) => Math.max(a, b));
export const summaries = (doc) => doc.issues.map((issue) => issue.summary);
export const labelled = (doc) => doc.issues.filter((issue) => issue.labels && issue.labels.length > 0).length;
""",
    """
from datetime import datetime

def votes(doc):
    return sum(issue["votes"] for issue in doc["issues"])

def ops(doc):
    return len([1 for issue in doc["issues"] if issue["key"].startswith("OPS-")])

async def newest(doc):
    return max(datetime.fromisoformat(issue["opened"]).timestamp() * 1000 for issue in doc["issues"])

def summaries(doc):
    return [issue["summary"] for issue in doc["issues"]]

def labelled(doc):
    return sum(1 for issue in doc["issues"] if issue.get("labels") and len(issue["labels"]) > 0)
""",
)
BOOKS = ReaderPair(
    "books",
    """
export const titles = (doc) => Object.values(doc.books).map((book) => book.title);
export const pages = (doc) => Object.values(doc.books).reduce((all, book) => all + book.pages, 0);
export const done = (doc) => Object.entries(doc.books).filter(([, book]) => book.shelf === "done").map(([id]) => id);
export const count = (doc) => Object.keys(doc.books).length;
export const ids = (doc) => Object.keys(doc.books).map((id) => id.split("-")[0]);
""",
    """
def titles(doc):
    return [book["title"] for book in doc["books"].values()]

def pages(doc):
    return sum(book["pages"] for book in doc["books"].values())

def done(doc):
    return [id for id, book in doc["books"].items() if book["shelf"] == "done"]

def count(doc):
    return len(doc["books"])

def ids(doc):
    return [id.split("-")[0] for id in doc["books"]]
""",
)
ALL = (TRACKS, BASKET, EVENTS, ISSUES, BOOKS)
