// Where in the extension's own code a read was made: every place of the stack that led there, without the tracer's own.
(script) => {
  "use strict";

  const ErrorClass = Error;
  const { captureStackTrace } = Error;
  const { defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;
  const { isArray } = Array;
  const { stringify } = JSON;
  const DEEPEST = 64;
  const EACH = 256; // looks at one way of reading one path
  const MOST = 8; // places that are kept of it
  const FIRST = 50_000; // looks at what was not looked at before
  const AGAIN = 20_000; // and at what was
  const STACKS = 4096; // that are told apart
  const home = `chrome-extension://${globalThis.chrome?.runtime?.id}/`;
  const stacks = [];
  const numbers = new Map(); // of each stack, by its text
  let first = 0;
  let again = 0;

  /** Work with a property of the class of errors set; the extension may have set it as well, and has it back afterwards. */
  function having(name, value, work) {
    const before = getOwnPropertyDescriptor(ErrorClass, name);
    if (!defineProperty(ErrorClass, name, { value, writable: true, enumerable: true, configurable: true })) return null;
    try {
      return work();
    } finally {
      if (before === undefined) deleteProperty(ErrorClass, name);
      else defineProperty(ErrorClass, name, before);
    }
  }

  function structured() {
    const held = {};
    captureStackTrace(held);
    return held.stack;
  }

  /** The stack as [file, line, column], the innermost first; a place in no file of the extension is ["", 0, 0]. */
  function frames() {
    const sites = having("stackTraceLimit", DEEPEST, () => having("prepareStackTrace", (_, all) => all, structured));
    const found = [];
    for (const site of isArray(sites) ? sites : []) {
      const file = site.getFileName();
      if (file === `${home}${script}` || typeof file !== "string") continue; // what the language calls by itself has none
      if (file.startsWith(home)) found.push([file.slice(home.length), site.getLineNumber(), site.getColumnNumber()]);
      else if (found.length === 0 || found[found.length - 1][0] !== "") found.push(["", 0, 0]);
    }
    return found;
  }

  /** Note in `counted` the place that the code is at; of what happens very often, only the first times. */
  function note(counted) {
    counted.sites ??= new Map();
    counted.looks ??= 0;
    if (counted.looks === 0 ? first >= FIRST : counted.looks >= EACH || again >= AGAIN) return;
    if (counted.looks === 0) first += 1;
    else again += 1;
    counted.looks += 1;
    const at = stackNow();
    if (at !== null) count(counted.sites, at, 1);
  }

  /** Where the code is, for a `put` when what it asked for is there. */
  const here = () => (again < AGAIN ? ((again += 1), stackNow()) : null);

  function put(counted, at) {
    count((counted.sites ??= new Map()), at, 1);
  }

  /** The number of the stack that the code is at; null where that cannot be known, or where there are too many. */
  function stackNow() {
    try {
      const stack = frames();
      const text = stringify(stack);
      if (!numbers.has(text) && stack.length > 0 && stacks.length < STACKS) numbers.set(text, stacks.push(stack) - 1);
      return numbers.get(text) ?? null;
    } catch {
      return null; // an extension that forbids or spoils its own stacks: the read counts, and its place is not known
    }
  }

  function count(sites, at, times) {
    if (sites.has(at) || sites.size < MOST) sites.set(at, (sites.get(at) ?? 0) + times);
  }

  /** Add the sites of one count to another's. */
  function add(sites, more) {
    for (const [at, times] of more ?? []) count(sites, at, times);
  }

  return { note, here, put, add, stacks };
}
