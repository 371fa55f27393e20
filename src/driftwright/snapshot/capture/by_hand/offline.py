"""Run the redactor without a page: the same code, run in V8 on saved storage."""

from __future__ import annotations

from driftwright.base.errors import InputFault, MachineFault

_SECONDS = 30.0
_MEMORY = 1 << 30


def redact(policy: str, areas: str) -> str:
    """Run the redactor in V8: the same code as in a page."""
    from driftwright.impact import Process, Refused, Stopped
    from driftwright.snapshot.capture.answer import literal
    from driftwright.snapshot.capture.redactor import redactor_source

    process = Process(_MEMORY, "UTC")
    try:
        return process.evaluate(f"({redactor_source()}).redact({literal(policy)}, {literal(areas)})", _SECONDS)
    except (Stopped, Refused):
        raise InputFault("the dump is more than the redactor can take", "--from", "", "dump fewer keys") from None
    except MachineFault:
        # What V8 says may hold text of the dump.
        raise MachineFault("the redactor failed on the dump", "--from", "", "dump one area at a time") from None
    finally:
        process.close()
