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
        yield from (attempt for attempt in held if attempt)


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
            for attempt in attempts(doc):
                edit(attempt)

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
    slices["videos"] = {attempt["videoId"]: attempt for attempt in attempts(doc)}
    slices["videoByMediaId"] = {
        key: [attempt["videoId"] for attempt in held if attempt] for key, held in slices["videoByMediaId"].items()
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
    slices["videoByMediaId"] = {"items": [attempt for held in slices["videoByMediaId"].values() for attempt in held]}


# ---- lists


@each_list("list-became-map")
def _(_: str, held: Json) -> Json:
    return {attempt["videoId"]: attempt for attempt in held if attempt}


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
    return [attempt for attempt in held for _ in range(2)]


@each_list("list-is-null")
def _(_: str, __: Json) -> Json:
    return None


# ---- keys


@site_change("key-space-changed")
def _(doc: Json) -> None:
    doc["state"]["videoByMediaId"] = {attempt["videoId"]: [attempt] for attempt in attempts(doc)}


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
def _(attempt: Json) -> None:
    del attempt["videoId"]


@each_attempt("id-renamed")
def _(attempt: Json) -> None:
    rename(attempt, "videoId", "id")


@each_attempt("flag-renamed")
def _(attempt: Json) -> None:
    rename(attempt, "moderated", "isModerated")


@each_attempt("address-renamed")
def _(attempt: Json) -> None:
    rename(attempt, "mediaUrl", "hlsUrl")


@each_attempt("case-style-changed")
def _(attempt: Json) -> None:
    for name in list(attempt):
        rename(attempt, name, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())


@each_attempt("keys-minified")
def _(attempt: Json) -> None:
    for number, name in enumerate(list(attempt)):
        rename(attempt, name, chr(ord("a") + number))


@each_attempt("fields-nested")
def _(attempt: Json) -> None:
    attempt["media"] = {name: attempt.pop(name) for name in ("mediaUrl", "videoUrl", "thumbnailImageUrl")}


@site_change("scalar-became-object")
def _(doc: Json) -> None:
    for image in images(doc):
        image["originalPrompt"] = {"text": image["originalPrompt"], "lang": "en"}


@each_attempt("default-omitted")
def _(attempt: Json) -> None:
    if attempt["moderated"] is False:
        del attempt["moderated"]


@each_attempt("field-nullable")
def _(attempt: Json) -> None:
    if attempt["moderated"]:
        attempt["moderated"] = None


@each_attempt("unread-field-removed")
def _(attempt: Json) -> None:
    del attempt["modelName"]


@site_change("meaning-moved-to-sibling")
def _(doc: Json) -> None:
    for image in images(doc):
        image["originalPrompt"], image["userPrompt"] = image["prompt"], image["originalPrompt"]


# ---- values


@each_attempt("flag-became-text")
def _(attempt: Json) -> None:
    attempt["moderated"] = str(attempt["moderated"]).lower()


@each_attempt("flag-became-number")
def _(attempt: Json) -> None:
    attempt["moderated"] = int(attempt["moderated"])


@each_attempt("flag-became-object")
def _(attempt: Json) -> None:
    attempt["moderated"] = {"blocked": attempt["moderated"], "reason": None}


@each_attempt("number-became-text")
def _(attempt: Json) -> None:
    attempt["progress"] = str(attempt["progress"])


@each_attempt("text-became-object")
def _(attempt: Json) -> None:
    attempt["mediaUrl"] = {"url": attempt["mediaUrl"]}


@each_attempt("id-became-number")
def _(attempt: Json) -> None:
    attempt["videoId"] = int(attempt["videoId"][:8], 16)


@each_attempt("whole-became-fraction")
def _(attempt: Json) -> None:
    attempt["progress"] = attempt["progress"] - 0.1


@each_attempt("scale-changed")
def _(attempt: Json) -> None:
    attempt["progress"] = attempt["progress"] / 100


@each_attempt("enum-replaces-flag")
def _(attempt: Json) -> None:
    attempt["status"] = "moderated" if attempt.pop("moderated") else "completed"


@each_attempt("enum-grew")
def _(attempt: Json) -> None:
    attempt["resolutionName"] = "1080p"


@each_attempt("polarity-flipped")
def _(attempt: Json) -> None:
    attempt["moderated"] = not attempt["moderated"]


@each_attempt("sentinel-for-empty")
def _(attempt: Json) -> None:
    attempt["mediaUrl"] = attempt["mediaUrl"] or "none"


@each_attempt("address-emptied")
def _(attempt: Json) -> None:
    attempt["mediaUrl"] = ""


@each_attempt("blob-address")
def _(attempt: Json) -> None:
    if attempt["mediaUrl"]:
        attempt["mediaUrl"] = f"blob:https://site.example/{attempt['videoId']}"


def _time(attempt: Json) -> datetime:
    return datetime.fromisoformat(attempt["createTime"])


@each_attempt("time-in-seconds")
def _(attempt: Json) -> None:
    attempt["createTime"] = int(_time(attempt).timestamp())


@each_attempt("time-in-milliseconds")
def _(attempt: Json) -> None:
    attempt["createTime"] = int(_time(attempt).timestamp() * 1e3)


@each_attempt("time-in-microseconds")
def _(attempt: Json) -> None:
    attempt["createTime"] = int(_time(attempt).timestamp() * 1e6)


@each_attempt("time-zone-dropped")
def _(attempt: Json) -> None:
    attempt["createTime"] = attempt["createTime"].removesuffix("Z")


@each_attempt("locale-date")
def _(attempt: Json) -> None:
    attempt["createTime"] = _time(attempt).astimezone(UTC).strftime("%d/%m/%Y, %H:%M:%S")


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
    known = next((attempt for attempt in held if attempt), None)
    if known is None:
        return held
    running = {"videoId": OTHER[:-12] + key[-12:], "progress": 40, "moderated": False, "mediaUrl": "", "videoUrl": ""}
    return [*held, {**known, **running}]


@each_list("soft-deleted")
def _(key: str, held: Json) -> Json:
    known = next((attempt for attempt in held if attempt), None)
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
def _(attempt: Json) -> None:
    rename(attempt, "mode", "kind")


@each_list("union-arm-added")
def _(key: str, held: Json) -> Json:
    audio = {"audioId": OTHER[:-12] + key[-12:], "kind": "audio", "parentPostId": key, "progress": 100}
    return [*held, audio]


@site_change("parallel-lists-out-of-step")
def _(doc: Json) -> None:
    for image in images(doc):
        image["childPosts"] = [ORPHAN, *image["childPosts"][1:]]


@each_list("store-frozen")
def _(_: str, held: Json) -> Json:
    return held[:-1]


@site_change("shapes-alternate")
def _(doc: Json) -> None:
    for number, attempt in enumerate(attempts(doc)):
        if number % 2:
            rename(attempt, "moderated", "wasRefused")


@each_attempt("written-twice")
def _(attempt: Json) -> None:
    attempt["wasRefused"] = attempt["moderated"]


@site_change("reset-by-version")
def _(doc: Json) -> None:
    doc["version"] += 1
    for held in doc["state"].values():
        held.clear()


# ---- what is no change of structure: never an alarm


@site_change("ids-are-others")
def _(doc: Json) -> Json:
    return json.loads(
        re.sub(r"[0-9a-f]{8}(?=-[0-9a-f]{4}-4)", lambda match: f"{int(match[0], 16) ^ 0xA5A5:08x}", json.dumps(doc))
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
    for image in images(doc):
        image["childPosts"] = image["childPosts"][:1]


@site_change("store-is-empty")
def _(doc: Json) -> None:
    for held in doc["state"].values():
        held.clear()


@site_change("image-without-videos")
def _(doc: Json) -> None:
    for key in list(doc["state"]["videoByMediaId"])[:1]:
        doc["state"]["videoByMediaId"][key] = []
    for image in images(doc):
        image["childPosts"] = []


@each_attempt("field-is-new")
def _(attempt: Json) -> None:
    attempt["shareCount"] = 0


@site_change("slice-is-new")
def _(doc: Json) -> None:
    doc["state"]["audioByMediaId"] = {}


@site_change("keys-in-another-order")
def _(doc: Json) -> Json:
    return json.loads(json.dumps(doc, sort_keys=True))


@site_change("optional-field-missing")
def _(doc: Json) -> None:
    for favorite in doc["state"]["favoritesById"].values():
        for name in ("width", "height", "childPosts"):
            favorite.pop(name, None)


@each_attempt("whole-number-for-a-fraction")
def _(attempt: Json) -> None:
    attempt["videoDuration"] = 6
