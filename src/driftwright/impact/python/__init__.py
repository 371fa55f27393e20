"""The readers in Python: plain functions, run bounded in a process of their own, alike on every run, traced on demand.

`program` makes a `Program` of a file: `syntax` finds its functions and literals, `siblings` the files that it imports.
`host` starts the process and speaks to it. The other modules run in that process: `worker` (the loop), `guard` (what it
may open), `loader` (fresh modules for every call), `world` (the clock and the random numbers), `tracer` (what is read)
and `answer` (the answer as text).
"""
