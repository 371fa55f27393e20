"""The readers in V8: plain JavaScript functions, run bounded in time and memory, alike on every run, traced on demand.

`program` turns reading code into a `Program`: `source` makes plain JavaScript of a file (`typescript` blanks its types,
`esbuild` bundles what it imports, `commonjs` finds what it exports). `engine` runs it, `outcome` says what came of it.
The files beside them run inside V8: `runtime.js` (the loop), `memory.js` (answers that need not be sought again),
`sandbox.js` (the reader's world, with `clock.js`, the one clock in it, and `intrinsics.js`, which undoes what readers
change), `page.js` (what every web page has, with `url.js`, `domain.js`, `coding.js` and `clone.js`), `tracer.js` (its
reads), `answer.js` (its answer as text) and `resolver.js` (the walk down the sources of a fact, which an extension
ships as it is). `react.js` stands for React where readers are bundled.
"""

from driftwright.impact.javascript.call import Argument, Call, FactProgram, FactSource
from driftwright.impact.javascript.dialect import MEND_EXPORTS
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Answer, Outcome, Read, Resolved
from driftwright.impact.javascript.plan import Reading, Walking, Work
from driftwright.impact.javascript.program import Program, expression, module

__all__ = [
    "MEND_EXPORTS",
    "Answer",
    "Argument",
    "Call",
    "Engine",
    "FactProgram",
    "FactSource",
    "Outcome",
    "Program",
    "Read",
    "Reading",
    "Resolved",
    "Walking",
    "Work",
    "expression",
    "module",
]
