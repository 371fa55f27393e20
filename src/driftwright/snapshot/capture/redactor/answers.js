// Answers: of what kind the readers' answers are on what was read, before anything is hidden; never the answers

// Readers are synchronous and cannot be stopped from within: whoever calls bounds each call in time, and may skip one.

const ERRORS = new Set(["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"]);
const DEEPEST_KIND = 4; // levels of an answer whose types are told
const WHY = /^(?:needs )?(?:throws|is not true|gives (?:null|undefined|NaN|a promise)|violates [a-zA-Z]+|cannot be checked|it has)/;
const MOMENT = /"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z)"/g;
const NEVER = "2100"; // a later time says that something has no end
const USUAL_NOW = "2026-01-01T00:00:00.000Z";
const QUIET = Object.fromEntries("assert debug dir error group groupEnd info log table time timeEnd trace warn".split(" ").map((name) => [name, () => {}])); // prettier-ignore
const PARSED = 4 * LIMIT.units; // characters that may be parsed for readers
const MAKERS = [function () {}, async function () {}, function* () {}, async function* () {}].map(Object.getPrototypeOf);

// What may change a built-in object, which then is put back after each call: looking at all of them takes its time.
const TOUCHES = /\bprototype\b|__proto__|\b(?:Object|Reflect)\s*\.\s*(?:assign|define|set)|\b[A-Z]\w*\s*(?:\.\s*\w+|\[[^\]]*\])\s*=[^=]/;

/** Let no reader make code out of text: that would not be bound to the names that it is given. */
function withoutMakers() {
  for (const maker of MAKERS) defineProperty(maker, "constructor", { value: undefined, configurable: true });
}

/** A described answer without its content. */
function kindOf(told, value) {
  if (told.kind === "throws") {
    const [name] = /^\w*/.exec(told.text);
    return { kind: "throws", form: ERRORS.has(name) ? name : "Error" };
  }
  if (told.kind === "stopped") return { kind: "stopped" };
  const shape = {};
  for (const path of Object.keys(told.shape)) if (path.split("/").length - 1 <= DEEPEST_KIND) shape[path] = told.shape[path];
  const made = { kind: told.kind, type: told.type, empty: told.empty, shape };
  if (told.size !== null) made.size = told.size === 0 ? 0 : 2 ** Math.ceil(Math.log2(told.size));
  if (told.type === "boolean") made.form = String(value);
  if (told.type === "string") made.form = value === "" ? "empty" : formOf(value);
  return made;
}

/** Dates that begin at `now`; what is written out differs in nothing else from the real ones. */
function datesFrom(now) {
  const Real = Date;
  function Fixed(...parts) {
    if (new.target === undefined) return new Real(now).toString();
    return Reflect.construct(Real, parts.length > 0 ? parts : [now], new.target);
  }
  Fixed.prototype = Real.prototype;
  return Object.assign(Fixed, { now: () => now, parse: Real.parse, UTC: Real.UTC });
}

/** A property that is made when it is first asked for: most readers take one of many stores. */
function onDemand(make) {
  let held;
  let isMade = false;
  const set = (value) => void ([held, isMade] = [value, true]);
  const get = () => {
    if (!isMade) set(make());
    return held;
  };
  return { get, set, enumerable: true, configurable: true };
}

/** The values at a path, whose steps are names, `{}` for each value of a map and `[]` for each item of a list. */
function* valuesAt(value, steps, at = 0) {
  if (at === steps.length) return void (yield value);
  const { name, each } = steps[at];
  if (each === "[]") {
    if (Array.isArray(value)) for (const item of value) yield* valuesAt(item, steps, at + 1);
  } else if (!isObject(value)) return;
  else if (each === "{}") for (const key of Object.keys(value)) yield* valuesAt(value[key], steps, at + 1);
  else if (own(value, name)) yield* valuesAt(value[name], steps, at + 1);
}

/** What was read, as readers are given it. */
function rawStores({ policy, views }, plan, shared) {
  const texts = new Map(); // by store: its text, or its texts by the ids that its key stands for
  for (const store of policy.stores.filter(({ name }) => plan.given.includes(name)).map(prepared)) {
    const entries = (views.find((view) => view.area === store.area)?.entries ?? []).filter(([key]) => bound(store, key) !== null);
    if (store.pattern === null) texts.set(store.name, entries[0][1]);
    else texts.set(store.name, new Map(entries.map(([key, text]) => [bound(store, key).text, text])));
  }
  const textOf = (name, params) => {
    const held = texts.get(name);
    return held instanceof Map ? held.get(params[plan.placeholders[name]]) : held;
  };
  const whole = (name) => {
    const held = texts.get(name);
    if (!(held instanceof Map)) return held === undefined ? null : shared.frozen(held);
    const made = {};
    for (const [id, text] of held) put(made, id, shared.frozen(text));
    return made;
  };
  const moments = () => [...texts.values()].flatMap((held) => (held instanceof Map ? [...held.values()] : [held]))
    .flatMap((text) => Array.from(text.matchAll(MOMENT), (match) => match[1])).filter((text) => text < NEVER && !Number.isNaN(Date.parse(text)));
  const newest = () => moments().reduce((most, text) => Math.max(most, Math.floor(Date.parse(text) / 1000)), -Infinity);
  return {
    whole,
    now: () => {
      const seconds = newest();
      return seconds === -Infinity ? USUAL_NOW : `${new Date((seconds + 1) * 1000).toISOString().slice(0, 19)}.000Z`;
    },
    given: (params, now, parse) => {
      const made = { now, ...params };
      for (const name of plan.stores) {
        const text = textOf(name, params);
        if (text === undefined) put(made, name, null);
        else defineProperty(made, name, onDemand(() => parse(text, name)));
      }
      return made;
    },
  };
}

/** For each parameter its raw values by what stands for them in what is shown. */
function rawParams(fact, stores, tool) {
  return fact.params.map((param) => {
    const wanted = new Set(fact.bindings.map((binding) => binding[param.name]));
    const found = new Map();
    const meet = (raw) => {
      for (const shown of [tool.id(raw), raw, tool.key(raw)]) if (wanted.has(shown) && !found.has(shown)) return found.set(shown, raw);
      return found;
    };
    const held = stores.whole(param.store);
    for (const steps of held === null ? [] : param.paths) {
      for (const value of valuesAt(held, steps)) {
        for (const raw of param.of === "key" && isObject(value) ? Object.keys(value) : [value]) {
          if (found.size < wanted.size && typeof raw === "string") meet(raw);
        }
      }
    }
    return [param.name, found];
  });
}

/** One fact in one situation: of what kind each of its readers' answers is, and which source serves. */
function toldOf(fact, params, asked) {
  const { tools, programs, stores, shared, seeing, touching } = asked;
  const now = fact.timed ? (asked.now ??= stores.now()) : USUAL_NOW;
  const clock = datesFrom(Date.parse(now));
  const copied = (text) => {
    asked.room -= text.length;
    if (asked.room < 0) throw OVERSIZE;
    return JSON.parse(text);
  };
  const made = new Map();
  const readerOf = (program, name) => {
    if (!made.has(program)) made.set(program, programs[program](clock, QUIET));
    return made.get(program)[name];
  };
  const calledOn = (program, name, input) => {
    if (!touching.has(program)) return readerOf(program, name)(input);
    try {
      return readerOf(program, name)(input);
    } finally {
      restored(placed);
      withoutMakers();
    }
  };
  const called = ([program, name]) => {
    const run = (parse) => {
      const input = stores.given(params, now, parse);
      try {
        const value = calledOn(program, name, input);
        return { value, told: tools.describe(value) };
      } catch (error) {
        return { threw: true, error, told: tools.describeThrown(error) };
      } finally {
        if (asked.room < 0) throw OVERSIZE; // also where the reader has caught it
      }
    };
    // As in V8: what threw may have thrown for want of something of its own to change.
    shared.begin();
    const first = seeing.has(program) ? null : run(shared.frozen);
    if (first && !first.threw) return first;
    const noted = run(shared.noting);
    return shared.written() ? run(copied) : noted;
  };
  const runs = new Map();
  const runOf = (pair) => {
    const name = pair.join(" ");
    if (!runs.has(name)) runs.set(name, called(pair));
    return runs.get(name);
  };
  const again = (pair) => () => {
    const run = runOf(pair);
    if (run.threw) throw run.error;
    return run.value;
  };
  const kinds = (pairs) => {
    const found = {};
    for (const [name, pair] of Object.entries(pairs)) {
      const { value, told } = runOf(pair);
      put(found, name, kindOf(told, value));
    }
    return found;
  };
  const sources = fact.sources.map(({ derive, needs, ...rest }) => ({
    ...rest, ...(derive && { derive: again(derive) }), ...(needs && { needs: again(needs) }),
  })); // prettier-ignore
  const walk = tools.resolve({ sources, result: fact.result }, null);
  const same = ([one, other]) => {
    const [left, right] = [runOf(one), runOf(other)];
    const speaks = ({ told }) => told.kind === "value" && told.type !== "null";
    return speaks(left) && speaks(right) ? left.told.text === right.told.text : null;
  };
  const agree = {};
  for (const [name, pairs] of Object.entries(fact.agree)) put(agree, name, same(pairs));
  const found = {
    sources: kinds(fact.derive), holds: kinds(fact.holds), agree, serves: walk.source,
    passed: walk.tried.map(({ source, why }) => [source, WHY.exec(why)?.[0] ?? "throws"]),
  }; // prettier-ignore
  // What a promise will hold is awaited elsewhere, and nothing is awaited here.
  for (const { told } of runs.values()) if (told.type === "promise") throw OVERSIZE;
  return found;
}

function answering(read) {
  let asked = null; // what is to be answered, and what was so far
  let lent = false; // whether a call has the world as it was, which one that was cut off did not give back
  let undo = null;

  const giveBack = () => {
    if (!lent) return;
    restored(placed); // what a reader changed
    for (const maker of MAKERS) defineProperty(maker, "constructor", undo.makers.get(maker));
    for (let one = undo.list; one; one = one.next) {
      if (one.had) defineProperty(one.home, one.name, one.had);
      else deleteProperty(one.home, one.name);
    }
    lent = false;
  };
  /** As `pristine`, but what a call that was cut off did not give back is given back by the next one. */
  const alone = (work) => {
    giveBack();
    undo = { list: null, makers: new Map(MAKERS.map((maker) => [maker, getOwnPropertyDescriptor(maker, "constructor")])) };
    lent = true;
    try {
      restored((home, name, wanted) => {
        undo.list = { home, name, had: getOwnPropertyDescriptor(home, name), next: undo.list };
        placed(home, name, wanted);
      });
      return work();
    } finally {
      giveBack();
    }
  };
  const sealed = (work) => alone(() => {
    withoutMakers();
    return work();
  });
  const begun = (planText, programs, tools) => {
    const last = read();
    if (last === null) return 0;
    const plan = JSON.parse(planText);
    const shared = tools.sharing();
    const stores = rawStores(last, plan, shared);
    const sourceOf = (name) => String(programs[name]).replace('{"__proto__": null, ', "{"); // every program returns its exports so
    const seeing = new Set(Object.keys(programs).filter((name) => tools.seesFrozen(sourceOf(name))));
    const touching = new Set(Object.keys(programs).filter((name) => TOUCHES.test(sourceOf(name))));
    const jobs = plan.facts.flatMap((fact) => {
      const params = rawParams(fact, stores, last.tool);
      const bound = (binding) => Object.fromEntries(params.map(([name, found]) => [name, found.get(binding[name])]));
      return fact.bindings.map((binding) => ({ fact, binding, params: bound(binding) }))
        .filter((job) => Object.values(job.params).every((value) => value !== undefined)); // prettier-ignore
    });
    asked = { tools, programs, stores, shared, seeing, touching, room: PARSED, jobs, at: 0, done: [], stopped: new Set() };
    return jobs.length;
  };
  const advanced = (milliseconds) => {
    const end = Date.now() + milliseconds;
    while (asked.at < asked.jobs.length) {
      const { fact, binding, params } = asked.jobs[asked.at];
      if (!asked.stopped.has(fact.name)) {
        try {
          asked.done.push({ fact: fact.name, params: binding, ...toldOf(fact, params, asked) });
        } catch {
          asked.stopped.add(fact.name); // more would have to be parsed than may be, or awaited
        }
      }
      asked.at++;
      if (Date.now() >= end) break;
    }
    return asked.at >= asked.jobs.length;
  };
  const finished = () => {
    const { done, jobs, at, stopped } = asked;
    const late = jobs.slice(at).map(({ fact }) => fact.name);
    asked = null;
    const whole = done.filter(({ fact }) => !stopped.has(fact));
    return JSON.stringify({ found: whole, stopped: [...new Set([...stopped, ...late])] });
  };
  return {
    /** Take over what is asked for, and answer for some `milliseconds`: all kinds as text, or that there is more. */
    begin: (planText, programs, tools, milliseconds) => alone(() => {
      begun(planText, programs, tools);
      withoutMakers();
      return advanced(milliseconds) && finished();
    }),
    /** Answer for some `milliseconds`; returns whether all is answered. */
    advance: (milliseconds) => sealed(() => advanced(milliseconds)),
    /** Go on behind a situation that did not end, without its fact. */
    skip: () => alone(() => {
      asked.stopped.add(asked.jobs[asked.at].fact.name);
      return ++asked.at >= asked.jobs.length;
    }),
    /** All kinds, as text; what was asked is forgotten. */
    told: () => alone(finished),
  };
}
