// Timers without waiting: what is set to run later runs once a reader waits for it, in its order, and the clock goes on.

const MOST = 10_000; // calls of timers that one answer may wait for
const then = Promise.prototype.then;
const resolved = Promise.resolve();

/** `clock` is `{now, advance}`; returns `{functions, forget, runNext}`. */
export function timers({ now, advance }) {
  let waiting = [];
  let last = 0;
  let room = MOST;
  const add = (call, delay, given, every) => {
    last += 1;
    const wait = Math.max(Number(delay) || 0, every ? 1 : 0);
    waiting.push({ id: last, at: now() + wait, call, given, every: every ? wait : null });
    return last;
  };
  const remove = (id) => void (waiting = waiting.filter((timer) => timer.id !== id));
  return {
    functions: {
      setTimeout: (call, delay, ...given) => add(call, delay, given, false),
      setInterval: (call, delay, ...given) => add(call, delay, given, true),
      clearTimeout: remove,
      clearInterval: remove,
      queueMicrotask(call) {
        if (typeof call !== "function") throw new TypeError("The callback is not a function");
        then.call(resolved, () => call());
      },
    },
    /** Forget all timers. */
    forget() {
      waiting = [];
      last = 0;
      room = MOST;
    },
    /** Run the timer that is due first; false when there is none, or too many have run. */
    runNext() {
      const due = waiting.reduce((first, timer) => (first === null || timer.at < first.at ? timer : first), null);
      if (due === null || room === 0) return false;
      room -= 1;
      if (due.every === null) remove(due.id);
      else due.at += due.every;
      advance(due.every === null ? due.at : due.at - due.every);
      try {
        if (typeof due.call === "function") due.call(...due.given);
      } catch {
        // A page would tell its console; who waits for an answer hears nothing of it.
      }
      return true;
    },
  };
}
