"""A workspace, and what takes captures of its store: the same data judged with nothing hidden, and as a capture."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from driftwright.impact import Engine
from driftwright.report import FactFound
from driftwright.snapshot import RawAnswers, Snapshot, plain_snapshot, private_salt
from driftwright.snapshot.capture.asking import readers_of
from driftwright.snapshot.capture.by_hand.dump import dumped
from driftwright.snapshot.capture.by_hand.offline import OfflineRedactor
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.verdict import check_snapshot
from driftwright.workspace import Workspace, load_stores, load_target, redaction_policy

Document = dict[str, Any]


@dataclass(frozen=True)
class HidingBench:
    """One workspace, and what takes a capture of its store."""

    workspace: Workspace
    request: CaptureRequest
    redactor: OfflineRedactor
    engine: Engine

    def raw(self, document: Document) -> dict[str, FactFound]:
        """The judgement with nothing hidden."""
        return self._judged(plain_snapshot({"shop": document}, self.workspace))

    def snapshot(self, document: Document) -> Snapshot:
        """The capture of a page that holds the document."""
        (store,) = self.request.policy["stores"]
        area = {store["key"]: json.dumps(document)}
        return dumped(self.request, [(None, area, "saved.json")], self.redactor.redact, self.redactor.ask)

    def captured(self, document: Document) -> dict[str, FactFound]:
        """The judgement of that capture."""
        return self._judged(self.snapshot(document))

    def untold(self, document: Document) -> dict[str, FactFound]:
        """The judgement of a capture in which no reader could be asked."""
        return self._judged(replace(self.snapshot(document), answers=RawAnswers(without="a console")))

    def _judged(self, snapshot: Snapshot) -> dict[str, FactFound]:
        report = check_snapshot(snapshot, self.workspace, engine=self.engine)
        return {fact.name: fact for fact in report.facts}


def hiding_bench(folder: Path, workspace: Workspace, redactor: OfflineRedactor, engine: Engine) -> HidingBench:
    """Return the bench of a workspace that has the one store `shop`; a target is written into `folder`."""
    stores = load_stores(workspace.schemas)
    (folder / "trips.toml").write_text('title = "Trips"\nurl = "https://trips.test/"\nstores = ["shop"]\n')
    readers = readers_of(workspace, stores, ["shop"])
    policy = redaction_policy([stores["shop"]])
    request = CaptureRequest(load_target(folder / "trips.toml"), policy, private_salt(workspace), readers=readers)
    return HidingBench(workspace, request, redactor, engine)
