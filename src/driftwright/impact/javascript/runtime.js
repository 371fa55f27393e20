// Runs the calls of one plan, one after the other, and hands their results over in slices of time.

const parse = JSON.parse;
const stringify = JSON.stringify;
const clock = Date.now;
const then = Promise.prototype.then;
const SLICE_CHARACTERS = 8_000_000;
// V8's words for what is not there, or is of another type; those for an object that may not be changed begin otherwise.
const FINDS_NOTHING = /^TypeError: (Cannot read properties of (undefined|null)\b|(?!Cannot )[^]* is not (a function|iterable)\b)/;

/** `parts` are the functions of the sibling files; returns what the host calls. */
export function start(parts) {
  const drain = microtaskDrain();
  const world = parts.sandbox(parts.PAGE_NAMES, () => parts.pageFunctions(parts), parts);
  const programs = new Map();
  const seeing = new Set(); // the programs that could tell a frozen store
  const asking = new Set(); // the programs that ask a storage themselves
  let texts = [];
  let plan = { jobs: [], inputs: [], facts: [], places: [], alone: new Set() };
  let writers = new Set(); // the functions that try to change what they are given: each call of theirs gets a copy
  let base = 0;
  let results = []; // the only count of what is done, so that being cut off anywhere leaves it right
  const host = { ...parts, world, programs, seeing, asking, shared: parts.sharing(), memory: parts.remembering(), settled: (value) => settled(value, drain, world.runNextTimer) };

  const harvest = () => {
    const stained = !world.mend(); // before anything is written out: a reader may have changed how
    const slice = stringify({ results, stained });
    base += results.length;
    results = [];
    return slice;
  };
  const runtime = {
    /** Keep a program: a function that evaluates its source afresh. */
    define(name, make, asksStorage) {
      programs.set(name, make);
      if (asksStorage) asking.add(name);
      if (parts.seesFrozen(String(make))) seeing.add(name);
      return "";
    },
    /** The names of the exports that really are functions; what was thrown, when the source does not evaluate. */
    functions(name) {
      world.renew();
      if (asking.has(name)) host.openStorage([], (_, value) => value, () => {});
      let made;
      try {
        made = programs.get(name)();
      } catch (error) {
        const stained = !world.mend();
        return stringify({ stained, thrown: told(() => error), stack: told(() => error?.stack) });
      }
      const stained = !world.mend();
      return stringify({ stained, names: Object.keys(made).filter((key) => typeof made[key] === "function") });
    },
    /** Where the host puts large texts, by their numbers, so that later plans need only name them. */
    shelf: Object.create(null),
    forget() {
      for (const number in runtime.shelf) delete runtime.shelf[number];
      return "";
    },
    /** Take over a plan, whose calls name JSON texts by their index, and go to its call `first`. */
    load(newTexts, newPlan, first) {
      texts = newTexts;
      plan = parse(newPlan);
      plan.alone = givenOnce(plan);
      world.setSeed(plan.seed);
      writers = new Set();
      host.memory.forget(); // it names texts by their index
      base = first;
      results = [];
      return "";
    },
    /** Take over a plan and run its first calls. */
    begin(newTexts, newPlan, first, count, milliseconds) {
      runtime.load(newTexts, newPlan, first);
      return runtime.advance(count, milliseconds);
    },
    /** Run at most `count` calls; stop early when `milliseconds` or the room of one slice are used up. */
    advance(count, milliseconds) {
      const end = clock() + milliseconds;
      let room = SLICE_CHARACTERS;
      while (results.length < count && base + results.length < plan.jobs.length) {
        const job = plan.jobs[base + results.length];
        if (results.length > 0 && groupOf(job) !== groupOf(plan.jobs[base + results.length - 1]) && !world.mend()) break;
        const result = ran(job, { plan, texts, writers }, host);
        results.push(result);
        room -= result.answer?.text.length ?? 0;
        if (room < 0 || clock() >= end) break;
      }
      return harvest();
    },
    /** The results of a slice that was cut off; go on after the call that did not end. */
    abandon() {
      const slice = harvest();
      base += 1;
      return slice;
    },
  };
  return runtime;
}

/** A text of what was thrown, which may throw in its turn, whatever it is asked. */
function told(take) {
  try {
    return String(take());
  } catch {
    return "an error that cannot be shown";
  }
}

/** Whose call it is: a fact's, or that of one function of a program. */
function groupOf(job) {
  return job.fact ?? `${job.program} ${job.name}`;
}

function ran(job, load, host) {
  const { writers } = load;
  if (isAny(host.asking, job, load)) return ranWithStorage(job, load, host);
  const group = groupOf(job);
  if (job.inputs.length > 1 || job.traced || writers.has(group)) return ranOn(parse, job, load, host);
  // What only one call is given need not be shared, which costs as much as parsing it.
  if (load.plan.alone.has(job.inputs[0])) return ranOn(parse, job, load, host);
  host.shared.begin();
  if (!isAny(host.seeing, job, load)) {
    const sign = signer(job.inputs[0], load.plan);
    const known = sign && host.memory.find(group, sign);
    if (known) return known;
    const heard = sign && host.memory.listen();
    const result = ranOn(host.shared.frozen, job, load, { ...host, heard });
    if (!threw(result)) {
      const asked = heard?.names();
      if (asked && result.bad === undefined) host.memory.keep(group, asked, sign, result);
      return result;
    }
  }
  const result = ranOn(host.shared.noting, job, load, host);
  if (!host.shared.written()) return result;
  writers.add(group);
  return ranOn(parse, job, load, host);
}

/** The inputs that are one document which a single call is given. */
function givenOnce({ jobs, inputs }) {
  const once = new Set();
  const more = new Set();
  for (const number of jobs.flatMap((job) => job.inputs)) (once.has(number) ? more : once).add(number);
  return new Set([...once].filter((number) => !more.has(number) && typeof inputs[number] === "number"));
}

/** Tells what stands under a name of an input, as a text; null for an input that is one document. */
function signer(number, { inputs, now }) {
  const input = inputs[number];
  if (typeof input === "number") return null;
  input.signs ??= new Map([
    ["now", String(now)],
    ...Object.entries(parse(input.params)).map(([name, value]) => [name, stringify(value)]),
    ...input.stores.map(([name, text]) => [name, `store ${text}`]),
  ]);
  return (name) => input.signs.get(name);
}

/** Whether a call runs any of some programs. */
function isAny(programs, job, load) {
  if (job.fact === undefined) return programs.has(job.program);
  const read = load.plan.facts[job.fact].sources.flatMap(({ derive, needs }) => [derive, needs]);
  return read.some((pair) => pair !== undefined && programs.has(pair[0]));
}

/** Whether anything threw that may only be because the store was frozen. */
function threw({ answer, resolved }) {
  const inReader = answer?.kind === "throws" && !FINDS_NOTHING.test(answer.text);
  return inReader || (resolved?.tried ?? []).some(({ why }) => why.includes("throws "));
}

function ranOn(parsing, job, load, host) {
  host.world.renew();
  const last = job.inputs.length - 1;
  const trace = job.traced ? host.startTrace(host.typeOf) : null;
  if (trace) traceParsing(trace);
  let call;
  try {
    call = called(job, load, host);
  } catch (error) {
    host.world.settle();
    return { answer: host.describeThrown(error), reads: [] };
  }
  for (let index = 0; index < last; index += 1) {
    const { value, bad } = argument(job.inputs[index], load, host, parse);
    if (bad !== undefined) return { bad };
    try {
      host.settled(call(value));
    } catch {
      // A warm-up only fills what the reader remembers; its answer, even an error, is nobody's concern.
    }
  }
  return judged(call, argument(job.inputs[last], load, host, parsing), job, host, trace);
}

/** Let a reader go on being watched in what it parses of a document's texts, until the world is as it was. */
function traceParsing(trace) {
  const watching = { parse: (text, revive) => trace.adoptText(text, parse(text, revive)), stringify };
  Object.setPrototypeOf(watching, JSON); // what else the language has there
  globalThis.JSON = watching;
}

/** A call of code that asks a storage itself: that has to be there when the code is evaluated, too. */
function ranWithStorage(job, load, host) {
  host.world.renew();
  let call = null;
  for (const [index, number] of job.inputs.entries()) {
    const isLast = index === job.inputs.length - 1;
    const given = argument(number, load, host, parse);
    if (given.bad !== undefined) return { bad: given.bad };
    const trace = isLast && job.traced ? host.startTrace(host.typeOf) : null;
    const hand = (name, value) => (trace ? trace.adopt(name, value) : value);
    host.openStorage(storesOf(number, load), hand, (name, value) => trace?.note(name, value));
    const asked = (value) => (call ??= called(job, load, host))(value);
    if (isLast) return judged(asked, given, job, host, trace);
    try {
      host.settled(asked(given.value));
    } catch {
      // As with every warm-up: its answer is nobody's concern.
    }
  }
  return null;
}

/** The stores of an input with their places: in the area and under the key where they lie. */
function storesOf(number, { plan, texts }) {
  const input = plan.inputs[number];
  if (typeof input === "number") return [{ name: "", text: texts[input] }];
  const params = parse(input.params);
  const places = plan.places[input.places] ?? {};
  return input.stores
    .filter(([name]) => places[name] !== undefined)
    .map(([name, text]) => {
      const [area, pattern] = places[name];
      const key = pattern.replace(/\{(\w+)\}/, (whole, param) => params[param] ?? whole);
      return { name, area, key, text: text === null ? null : texts[text] };
    });
}

function called(job, load, host) {
  return job.fact === undefined ? reader(job, host) : fallback(load.plan.facts[job.fact], host);
}

function judged(call, { value, unwatched, bad }, job, host, started = null) {
  if (bad !== undefined) return { bad };
  const trace = started;
  try {
    const answer = host.settled(call(trace ? trace.watch(value, unwatched) : host.heard ? host.heard.wrap(value) : value));
    trace?.end();
    host.world.settle();
    if (job.fact === undefined) return { answer: host.describe(answer), reads: trace?.reads() ?? [] };
    return { answer: host.describe(answer.value), resolved: { ...answer, value: undefined } };
  } catch (error) {
    trace?.end();
    host.world.settle();
    return { answer: host.describeThrown(error), reads: trace?.reads() ?? [] };
  }
}

function reader({ program, name }, host) {
  const made = host.programs.get(program)();
  if (typeof made[name] !== "function") throw new TypeError(`the export ${name} is not a function`);
  return made[name];
}

function fallback(fact, host) {
  const made = new Map();
  const named = ([program, name]) => {
    if (!made.has(program)) made.set(program, host.programs.get(program)());
    const given = made.get(program)[name];
    // The resolver knows no promises: what one of them will hold is awaited here.
    return typeof given === "function" ? (...parts) => host.settled(given(...parts)) : given;
  };
  const sources = fact.sources.map(({ derive, needs, value, ...rest }) => ({
    ...rest,
    ...(derive && { derive: named(derive) }),
    ...(needs && { needs: named(needs) }),
    ...(value !== undefined && { value: parse(value) }),
  }));
  return (input) => host.resolve({ sources, result: fact.result }, input);
}

function argument(number, { plan, texts }, host, parsing) {
  const input = plan.inputs[number];
  host.world.setNow(plan.now);
  if (typeof input === "number") return parsed(parsing, texts[input], "", (value) => ({ value, unwatched: null }));
  const params = parse(input.params);
  const now = typeof params.now === "number" ? params.now : Date.parse(params.now ?? "");
  if (!Number.isNaN(now)) host.world.setNow(now);
  const value = { now: Date.now(), ...params };
  const unwatched = new Set(Object.keys(value));
  for (const [name, text] of input.stores) {
    const failed = parsed(parsing, text === null ? "null" : texts[text], name, (store) => void (value[name] = store));
    if (failed?.bad !== undefined) return failed;
    unwatched.delete(name);
  }
  return { value, unwatched };
}

function parsed(parsing, text, name, use) {
  let value;
  try {
    value = parsing(text, name);
  } catch {
    return { bad: name || "document" };
  }
  return use(value);
}

/** The value of a promise; what it waits for is run at once. */
function settled(value, drain, runNextTimer) {
  if (!(value instanceof Promise)) return value;
  let outcome = null;
  then.call(
    value,
    (given) => (outcome = { given }),
    (error) => (outcome = { error }),
  );
  drain();
  while (outcome === null && runNextTimer()) drain();
  if (outcome === null) {
    const error = new Error("the promise does not settle here: it waits for something that a reader has not");
    error.name = "PendingPromise";
    throw error;
  }
  if ("error" in outcome) throw outcome.error;
  return outcome.given;
}

/** What runs all jobs of promises, where worker.py could make it; no reader shall have it. */
function microtaskDrain() {
  const drain = globalThis.driftwrightDrain ?? (() => {});
  delete globalThis.driftwrightDrain;
  return drain;
}
