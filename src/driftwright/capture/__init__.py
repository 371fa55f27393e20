"""Real Chromium: captures a page's and an extension's storage, redacted inside the browser."""

from driftwright.capture.browser import Browser, find_browser
from driftwright.capture.probe import CaptureRequest, capture_launched
from driftwright.capture.redactor import redactor_source
from driftwright.capture.salt import workspace_salt
from driftwright.capture.target import State, Step, Target, Variant, load_target

__all__ = [
    "Browser",
    "CaptureRequest",
    "State",
    "Step",
    "Target",
    "Variant",
    "capture_launched",
    "find_browser",
    "load_target",
    "redactor_source",
    "workspace_salt",
]
