"""Scan a stream of bytes in bounded memory: the bytes, their decoded layers, and all compressed data in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from driftwright.snapshot.scan.database import BEGINNING, contents
from driftwright.snapshot.scan.findings import Findings
from driftwright.snapshot.scan.layers import Layer, Origins, layers, runs_of_text
from driftwright.snapshot.scan.matcher import Matcher
from driftwright.snapshot.scan.needles import Needle
from driftwright.snapshot.scan.packed import DAMAGE, STEP, PackedStart, Unpacker, beginnings

WINDOW = 2 * 1024 * 1024  # bytes looked at together
_PART = 64 * 1024  # bytes that are unpacked together
IMAGE = 64 * 1024 * 1024  # bytes of a database that is read as one
UNPACKED = 1024 * 1024 * 1024  # bytes that one file may unpack to
DEPTH, LAYERS, VIEWS, OPEN = 6, 3, 4000, 64  # streams in streams, layers on layers, views of a window, streams at once


@dataclass(slots=True)
class Look:
    """What all streams of one file share.

    Args:
        file: The file, as it may be shown.
        matcher: What is looked for.
        findings: Where it is noted.
        left: Bytes that may still be unpacked.
    """

    file: str
    matcher: Matcher
    findings: Findings
    left: int = UNPACKED

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Ways of writing that are undone."""
        return layers(self.matcher.shortest, blanks=self.matcher.blanks)

    @property
    def text(self) -> Layer:
        """What leaves the text of any bytes."""
        return runs_of_text(self.matcher.shortest)

    @property
    def overlap(self) -> int:
        """Bytes by which windows overlap: what is written longest, and the header of an archive's entry."""
        return min(WINDOW // 2, max(4096, 24 * self.matcher.longest))


@dataclass(slots=True)
class _View:
    data: bytes
    layer: Layer | None = None
    below: _View | None = None
    _origins: Origins | None = None

    @property
    def names(self) -> tuple[str, ...]:
        if self.below is None or self.layer is None:
            return ()
        return (*self.below.names, self.layer.name) if self.layer.name else self.below.names

    def origin(self, at: int) -> int:
        if self.below is None or self.layer is None:
            return at
        if self._origins is None:
            self._origins = self.layer.origins(self.below.data)
        return self.below.origin(self._origins.of(at))


@dataclass(slots=True)
class Stream:
    """One stream of bytes; what is packed in it becomes streams of its own, fed as it is fed.

    Args:
        look: What all streams of the file share.
        inside: What this stream is packed in, from the outside in.
        place: Where in the file that begins; None for the file itself.
    """

    look: Look
    inside: tuple[str, ...] = ()
    place: int | None = None
    _held: bytes = b""
    _before: int = 0
    _image: bytes | None = b""
    _open: list[_Packed] = field(default_factory=list)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        for packed in self._open:
            packed.feed(chunk)
        self._open = [packed for packed in self._open if packed.live]
        self._keep_image(chunk)
        self._held += chunk
        if len(self._held) >= WINDOW:
            self._search(len(self._held) - self.look.overlap)

    def close(self) -> None:
        """End the stream, and scan its last bytes."""
        self._search(len(self._held))
        for packed in self._open:
            packed.close()
        self._open = []
        if self._image:
            self._rows(self._image)

    def _keep_image(self, chunk: bytes) -> None:
        if self._image is None:
            return
        self._image += chunk
        if not self._image.startswith(BEGINNING[: len(self._image)]):
            self._image = None
        elif len(self._image) > IMAGE:
            self.look.findings.note_unread(
                self.look.file, "a database too large to read as one; its bytes were looked at"
            )
            self._image = None

    def _rows(self, image: bytes) -> None:
        if not image.startswith(BEGINNING):
            return
        rows = Stream(self.look, (*self.inside, "sqlite values"), self._file_place(0))
        problem = contents(image, rows.feed)
        rows.close()
        if problem:
            self.look.findings.note_unread(self.look.file, problem)

    def _file_place(self, at: int) -> int:
        return self._before + at if self.place is None else self.place

    def _search(self, end: int) -> None:
        data, self._held = self._held, self._held[end:]
        started: set[bytes] = set()
        for view in self._views(data):
            self._match(view, end, len(data))
            if view.layer is None or view.layer.packs:
                self._unpack(view, end if view.layer is None else len(view.data), started)
        self._before += end

    def _match(self, view: _View, end: int, size: int) -> None:
        first: dict[Needle, int] = {}
        for at, needle in self.look.matcher.find(view.data):
            # What stands at the end is met again in the next window; in the last one, only the first place counts.
            origin = first[needle] if needle in first and end == size else view.origin(at)
            first.setdefault(needle, origin)
            if origin < end:
                form_and_label = (needle.form, needle.secret)
                self.look.findings.note_leak(
                    self.look.file, self._file_place(origin), (*self.inside, *view.names), form_and_label
                )

    def _views(self, data: bytes) -> Iterator[_View]:
        waiting = [_View(data)]
        digests: set[bytes] = set()
        while waiting:
            view = waiting.pop(0)
            digest = hashlib.blake2b(view.data, digest_size=16).digest()
            if digest in digests:
                continue
            digests.add(digest)
            if len(digests) > VIEWS:
                self.look.findings.note_unread(self.look.file, "more layers of encoding than are looked below")
                return
            yield view
            waiting += self._below(view)

    def _below(self, view: _View) -> Iterator[_View]:
        depth = len(view.names)
        if depth >= LAYERS or (view.layer and view.layer.last and depth > 1):
            return
        text = _View(self.look.text.view(view.data) or b"", self.look.text, view)
        for layer in self.look.layers:
            below = view if layer.of_bytes or text.data == view.data else text
            # All levels of a layer are undone at once; only what stands alone may hold the same again.
            shown = None if layer is view.layer and not layer.alone else layer.view(below.data)
            if shown is not None:
                yield _View(shown, layer, below)

    def _unpack(self, view: _View, end: int, started: set[bytes]) -> None:
        for beginning in beginnings(view.data, end):
            mark = view.data[beginning.start : beginning.start + 64]
            if mark in started:
                continue
            started.add(mark)
            packed = self._packed(view, beginning)
            if packed is None:
                continue
            # In parts: what ends soon must not cost a copy of all that comes after it.
            for at in range(beginning.start, len(view.data), _PART):
                if packed.live:
                    packed.feed(view.data[at : at + _PART])
            if packed.live and view.layer is None:
                self._open.append(packed)
            else:
                packed.close()

    def _packed(self, view: _View, beginning: PackedStart) -> _Packed | None:
        if beginning.make is None:
            self.look.findings.note_unread(self.look.file, beginning.why)
            return None
        if len(self.inside) >= DEPTH or len(self._open) >= OPEN:
            self.look.findings.note_unread(self.look.file, "more packed in one another than is looked into")
            return None
        place = self._file_place(view.origin(beginning.start))
        return _Packed(beginning.make(), Stream(self.look, (*self.inside, *view.names, beginning.name), place))


@dataclass(slots=True)
class _Packed:
    """A packed stream that is being undone."""

    unpacker: Unpacker
    stream: Stream
    live: bool = True

    def feed(self, chunk: bytes) -> None:
        if not self.live:
            return
        look = self.stream.look
        try:
            for part in self.unpacker.unpack(chunk):
                look.left -= len(part)
                if look.left < 0:
                    look.findings.note_unread(look.file, f"it unpacks to more than {UNPACKED // STEP} MiB")
                    self.close()
                    return
                self.stream.feed(part)
        except DAMAGE:  # it only began like something packed, or it is cut; what came out was looked at
            self.close()
            return
        if self.unpacker.done:
            self.close()

    def close(self) -> None:
        if self.live:
            self.live = False
            self.stream.close()
