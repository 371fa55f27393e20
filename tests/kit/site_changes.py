"""What a site may do to its own store, as a site would do it to its own documents; nothing here replays a rule."""

from __future__ import annotations

import base64
import copy
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Json = Any
Edit = Callable[[Json], Json]
OTHER = "77777777-7777-4777-8777-777777777777"
ORPHAN = "88888888-8888-4888-8888-888888888888"


@dataclass(frozen=True, slots=True)
class Written:
    """How the site writes its store: under which key, in which area, and as what text."""

    value: Json
    area: str = ""
    key: str = ""
    form: str = "json"


CHANGES: dict[str, Callable[[Json], Written]] = {}


def site_change(identifier: str) -> Callable[[Edit], Edit]:
    """Register an edit of a copy of the document; what it returns, if anything, is the new document."""

    def register(edit: Edit) -> Edit:
        def written(document: Json) -> Written:
            copied = copy.deepcopy(document)
            result = edit(copied)
            if isinstance(result, Written):
                return result
            return Written(copied if result is None else result)

        CHANGES[identifier] = written
        return edit

    return register


def attempts(doc: Json) -> Iterator[Json]:
    for held in doc["state"]["videoByMediaId"].values():
        yield from (one for one in held if one)


def images(doc: Json) -> Iterator[Json]:
    for held in doc["state"]["imageByMediaId"].values():
        yield from held


def records(doc: Json) -> Iterator[Json]:
    yield from attempts(doc)
    yield from images(doc)
    yield from doc["state"]["favoritesById"].values()


def rename(record: Json, name: str, to: str) -> None:
    if name in record:
        record[to] = record.pop(name)


def each_attempt(identifier: str) -> Callable[[Callable[[Json], object]], None]:
    def register(edit: Callable[[Json], object]) -> None:
        @site_change(identifier)
        def _(doc: Json) -> None:
            for one in attempts(doc):
                edit(one)

    return register


def each_list(identifier: str) -> Callable[[Callable[[str, Json], Json]], None]:
    def register(edit: Callable[[str, Json], Json]) -> None:
        @site_change(identifier)
        def _(doc: Json) -> None:
            lists = doc["state"]["videoByMediaId"]
            for key in lists:
                lists[key] = edit(key, lists[key])

    return register


# ---- the whole store


@site_change("storage-area-moved")
def _(doc: Json) -> Written:
    return Written(doc, area="local")


@site_change("storage-key-renamed")
def _(doc: Json) -> Written:
    return Written(doc, key="useMediaStoreV2")


@site_change("storage-key-per-user")
def _(doc: Json) -> Written:
    return Written(doc, key="user-81/useMediaStore")


@site_change("slice-split-off")
def _(doc: Json) -> None:
    del doc["state"]["imageByMediaId"]


@site_change("json-in-json")
def _(doc: Json) -> Written:
    return Written(json.dumps(doc), form="json-in-text")


@site_change("slice-is-json-text")
def _(doc: Json) -> None:
    doc["state"]["videoByMediaId"] = json.dumps(doc["state"]["videoByMediaId"])


@site_change("compressed")
def _(doc: Json) -> Written:
    return Written(base64.b64encode(zlib.compress(json.dumps(doc).encode())).decode(), form="text")


@site_change("serializer-wrapper")
def _(doc: Json) -> Json:
    return {"json": doc, "meta": {"values": {"state.videoByMediaId": ["map"]}}}


@site_change("tagged-entries")
def _(doc: Json) -> None:
    slices = doc["state"]
    entries = [[key, value] for key, value in slices["videoByMediaId"].items()]
    slices["videoByMediaId"] = {"dataType": "Map", "value": entries}


@site_change("map-lost-in-serialising")
def _(doc: Json) -> None:
    doc["state"]["videoByMediaId"] = {}


@site_change("version-bumped")
def _(doc: Json) -> None:
    doc["version"] += 1


@site_change("version-removed")
def _(doc: Json) -> None:
    del doc["version"]


@site_change("version-retyped")
def _(doc: Json) -> None:
    doc["version"] = str(doc["version"])


@site_change("envelope-unwrapped")
def _(doc: Json) -> Json:
    return {**doc["state"], "version": doc["version"]}


@site_change("envelope-wrapped")
def _(doc: Json) -> Json:
    return {"persisted": doc}


# ---- slices


@site_change("slice-dropped")
def _(doc: Json) -> None:
    del doc["state"]["videoByMediaId"]


@site_change("unread-slice-dropped")
def _(doc: Json) -> None:
    del doc["state"]["byId"]


@site_change("slice-renamed")
def _(doc: Json) -> None:
    rename(doc["state"], "videoByMediaId", "videosByPostId")


@site_change("slice-moved")
def _(doc: Json) -> None:
    doc["state"]["media"] = {"videoByMediaId": doc["state"].pop("videoByMediaId")}


@site_change("slices-merged")
def _(doc: Json) -> None:
    slices = doc["state"]
    videos, pictures = slices.pop("videoByMediaId"), slices.pop("imageByMediaId")
    slices["mediaByPostId"] = {
        key: {"videos": videos.get(key, []), "images": pictures.get(key, [])} for key in {**videos, **pictures}
    }


@site_change("records-normalised")
def _(doc: Json) -> None:
    slices = doc["state"]
    slices["videos"] = {one["videoId"]: one for one in attempts(doc)}
    slices["videoByMediaId"] = {
        key: [one["videoId"] for one in held if one] for key, held in slices["videoByMediaId"].items()
    }


@each_list("list-truncated")
def _(_: str, held: Json) -> Json:
    return held[-1:]


@site_change("slice-emptied")
def _(doc: Json) -> None:
    doc["state"]["videoByMediaId"] = {}


@site_change("map-became-list")
def _(doc: Json) -> None:
    doc["state"]["videoByMediaId"] = list(doc["state"]["videoByMediaId"].values())


@site_change("map-became-fixed-record")
def _(doc: Json) -> None:
    slices = doc["state"]
    slices["videoByMediaId"] = {"items": [one for held in slices["videoByMediaId"].values() for one in held]}


# ---- lists


@each_list("list-became-map")
def _(_: str, held: Json) -> Json:
    return {one["videoId"]: one for one in held if one}


@each_list("list-became-single")
def _(_: str, held: Json) -> Json:
    return held[-1] if held else None


@each_list("list-became-text")
def _(_: str, held: Json) -> Json:
    return json.dumps(held)


@each_list("list-became-page")
def _(_: str, held: Json) -> Json:
    return {"items": held, "nextCursor": None}


@each_list("list-nested")
def _(_: str, held: Json) -> Json:
    return [held]


@each_list("list-got-null-items")
def _(_: str, held: Json) -> Json:
    return [None, *held]


@each_list("order-reversed")
def _(_: str, held: Json) -> Json:
    return held[::-1]


@each_list("items-duplicated")
def _(_: str, held: Json) -> Json:
    return [one for one in held for _ in range(2)]


@each_list("list-is-null")
def _(_: str, __: Json) -> Json:
    return None


# ---- keys


@site_change("key-space-changed")
def _(doc: Json) -> None:
    doc["state"]["videoByMediaId"] = {one["videoId"]: [one] for one in attempts(doc)}


@site_change("keys-prefixed")
def _(doc: Json) -> None:
    slices = doc["state"]
    slices["videoByMediaId"] = {f"post:{key}": held for key, held in slices["videoByMediaId"].items()}


@site_change("keys-without-dashes")
def _(doc: Json) -> None:
    slices = doc["state"]
    slices["videoByMediaId"] = {key.replace("-", ""): held for key, held in slices["videoByMediaId"].items()}


# ---- fields


@each_attempt("field-removed")
def _(one: Json) -> None:
    del one["videoId"]


@each_attempt("id-renamed")
def _(one: Json) -> None:
    rename(one, "videoId", "id")


@each_attempt("flag-renamed")
def _(one: Json) -> None:
    rename(one, "moderated", "isModerated")


@each_attempt("address-renamed")
def _(one: Json) -> None:
    rename(one, "mediaUrl", "hlsUrl")


@each_attempt("case-style-changed")
def _(one: Json) -> None:
    for name in list(one):
        rename(one, name, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())


@each_attempt("keys-minified")
def _(one: Json) -> None:
    for number, name in enumerate(list(one)):
        rename(one, name, chr(ord("a") + number))


@each_attempt("fields-nested")
def _(one: Json) -> None:
    one["media"] = {name: one.pop(name) for name in ("mediaUrl", "videoUrl", "thumbnailImageUrl")}


@site_change("scalar-became-object")
def _(doc: Json) -> None:
    for one in images(doc):
        one["originalPrompt"] = {"text": one["originalPrompt"], "lang": "en"}


@each_attempt("default-omitted")
def _(one: Json) -> None:
    if one["moderated"] is False:
        del one["moderated"]


@each_attempt("field-nullable")
def _(one: Json) -> None:
    if one["moderated"]:
        one["moderated"] = None


@each_attempt("unread-field-removed")
def _(one: Json) -> None:
    del one["modelName"]


@site_change("meaning-moved-to-sibling")
def _(doc: Json) -> None:
    for one in images(doc):
        one["originalPrompt"], one["userPrompt"] = one["prompt"], one["originalPrompt"]


# ---- values


@each_attempt("flag-became-text")
def _(one: Json) -> None:
    one["moderated"] = str(one["moderated"]).lower()


@each_attempt("flag-became-number")
def _(one: Json) -> None:
    one["moderated"] = int(one["moderated"])


@each_attempt("flag-became-object")
def _(one: Json) -> None:
    one["moderated"] = {"blocked": one["moderated"], "reason": None}


@each_attempt("number-became-text")
def _(one: Json) -> None:
    one["progress"] = str(one["progress"])


@each_attempt("text-became-object")
def _(one: Json) -> None:
    one["mediaUrl"] = {"url": one["mediaUrl"]}


@each_attempt("id-became-number")
def _(one: Json) -> None:
    one["videoId"] = int(one["videoId"][:8], 16)


@each_attempt("whole-became-fraction")
def _(one: Json) -> None:
    one["progress"] = one["progress"] - 0.1


@each_attempt("scale-changed")
def _(one: Json) -> None:
    one["progress"] = one["progress"] / 100


@each_attempt("enum-replaces-flag")
def _(one: Json) -> None:
    one["status"] = "moderated" if one.pop("moderated") else "completed"


@each_attempt("enum-grew")
def _(one: Json) -> None:
    one["resolutionName"] = "1080p"


@each_attempt("polarity-flipped")
def _(one: Json) -> None:
    one["moderated"] = not one["moderated"]


@each_attempt("sentinel-for-empty")
def _(one: Json) -> None:
    one["mediaUrl"] = one["mediaUrl"] or "none"


@each_attempt("address-emptied")
def _(one: Json) -> None:
    one["mediaUrl"] = ""


@each_attempt("blob-address")
def _(one: Json) -> None:
    if one["mediaUrl"]:
        one["mediaUrl"] = f"blob:https://site.example/{one['videoId']}"


def _time(one: Json) -> datetime:
    return datetime.fromisoformat(one["createTime"])


@each_attempt("time-in-seconds")
def _(one: Json) -> None:
    one["createTime"] = int(_time(one).timestamp())


@each_attempt("time-in-milliseconds")
def _(one: Json) -> None:
    one["createTime"] = int(_time(one).timestamp() * 1e3)


@each_attempt("time-in-microseconds")
def _(one: Json) -> None:
    one["createTime"] = int(_time(one).timestamp() * 1e6)


@each_attempt("time-zone-dropped")
def _(one: Json) -> None:
    one["createTime"] = one["createTime"].removesuffix("Z")


@each_attempt("locale-date")
def _(one: Json) -> None:
    one["createTime"] = _time(one).astimezone(UTC).strftime("%d/%m/%Y, %H:%M:%S")


# ---- meaning and references


@site_change("key-is-not-the-parent")
def _(doc: Json) -> None:
    slices = doc["state"]
    keys = list(slices["videoByMediaId"])
    turned = keys[1:] + keys[:1] if len(keys) > 1 else [OTHER]
    held = slices["videoByMediaId"]
    slices["videoByMediaId"] = {new: held[old] for new, old in zip(turned, keys, strict=True)}


@site_change("image-reference-dangles")
def _(doc: Json) -> None:
    slices = doc["state"]
    slices["imageByMediaId"] = {ORPHAN: next(iter(slices["imageByMediaId"].values()))}


@each_list("placeholder-listed")
def _(key: str, held: Json) -> Json:
    known = next((one for one in held if one), None)
    if known is None:
        return held
    running = {"videoId": OTHER[:-12] + key[-12:], "progress": 40, "moderated": False, "mediaUrl": "", "videoUrl": ""}
    return [*held, {**known, **running}]


@each_list("soft-deleted")
def _(key: str, held: Json) -> Json:
    known = next((one for one in held if one), None)
    if known is None:
        return held
    return [*held, {**known, "videoId": OTHER[:-12] + key[-12:], "deletedAt": known["createTime"]}]


@site_change("entity-under-two-parents")
def _(doc: Json) -> None:
    lists = doc["state"]["videoByMediaId"]
    first = next(attempts(doc))
    holder = next((key for key in lists if first not in lists[key]), OTHER)
    lists.setdefault(holder, []).append(copy.deepcopy(first))


@each_attempt("discriminator-renamed")
def _(one: Json) -> None:
    rename(one, "mode", "kind")


@each_list("union-arm-added")
def _(key: str, held: Json) -> Json:
    audio = {"audioId": OTHER[:-12] + key[-12:], "kind": "audio", "parentPostId": key, "progress": 100}
    return [*held, audio]


@site_change("parallel-lists-out-of-step")
def _(doc: Json) -> None:
    for one in images(doc):
        one["childPosts"] = [ORPHAN, *one["childPosts"][1:]]


@each_list("store-frozen")
def _(_: str, held: Json) -> Json:
    return held[:-1]


@site_change("shapes-alternate")
def _(doc: Json) -> None:
    for number, one in enumerate(attempts(doc)):
        if number % 2:
            rename(one, "moderated", "wasRefused")


@each_attempt("written-twice")
def _(one: Json) -> None:
    one["wasRefused"] = one["moderated"]


@site_change("reset-by-version")
def _(doc: Json) -> None:
    doc["version"] += 1
    for held in doc["state"].values():
        held.clear()


# ---- what is no change of structure: never an alarm


@site_change("ids-are-others")
def _(doc: Json) -> Json:
    return json.loads(
        re.sub(r"[0-9a-f]{8}(?=-[0-9a-f]{4}-4)", lambda found: f"{int(found[0], 16) ^ 0xA5A5:08x}", json.dumps(doc))
    )


@each_list("fewer-records")
def _(_: str, held: Json) -> Json:
    return held[:-1] if len(held) > 1 else held


@each_list("more-records")
def _(key: str, held: Json) -> Json:
    last = held[-1]
    return [*held, *({**last, "videoId": f"{number}{last['videoId'][1:-12]}{key[-12:]}"} for number in "abc")]


@site_change("one-record-each")
def _(doc: Json) -> None:
    for key, held in doc["state"]["videoByMediaId"].items():
        doc["state"]["videoByMediaId"][key] = [held[0]]
    for one in images(doc):
        one["childPosts"] = one["childPosts"][:1]


@site_change("store-is-empty")
def _(doc: Json) -> None:
    for held in doc["state"].values():
        held.clear()


@site_change("image-without-videos")
def _(doc: Json) -> None:
    for key in list(doc["state"]["videoByMediaId"])[:1]:
        doc["state"]["videoByMediaId"][key] = []
    for one in images(doc):
        one["childPosts"] = []


@each_attempt("field-is-new")
def _(one: Json) -> None:
    one["shareCount"] = 0


@site_change("slice-is-new")
def _(doc: Json) -> None:
    doc["state"]["audioByMediaId"] = {}


@site_change("keys-in-another-order")
def _(doc: Json) -> Json:
    return json.loads(json.dumps(doc, sort_keys=True))


@site_change("optional-field-missing")
def _(doc: Json) -> None:
    for one in doc["state"]["favoritesById"].values():
        for name in ("width", "height", "childPosts"):
            one.pop(name, None)


@each_attempt("whole-number-for-a-fraction")
def _(one: Json) -> None:
    one["videoDuration"] = 6
