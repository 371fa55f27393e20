"""4b. Impact: which derived fact breaks, and how, by execution."""

from driftwright.impact.assess import Impact, Proof, assess_impact
from driftwright.impact.capture import CaptureRun, Held, run_on_capture
from driftwright.impact.readers import Reader, compile_fact, fact_program
from driftwright.impact.situation import Situation, bindings, moments, situations

__all__ = [
    "CaptureRun",
    "Held",
    "Impact",
    "Proof",
    "Reader",
    "Situation",
    "assess_impact",
    "bindings",
    "compile_fact",
    "fact_program",
    "moments",
    "run_on_capture",
    "situations",
]
