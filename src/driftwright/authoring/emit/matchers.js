// Judges stores in a developer's own test: by the guards, the invariants and the facts.

import { contracts, guards, keyedBy } from "./contract.js";
import { inputOf } from "./fact.js";
import { resolve } from "./resolver.js";

const MOST = 60; // bindings of one fact
const SHOWN = 20; // problems
const EACH_VALUE = 0;
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The matcher, for `expect.extend({ toKeepContract })`: `expect({ site, session }).toKeepContract()`.
 *
 * @param {object} received  The stores by their names, as parsed JSON; one of many keys is an object of its entries.
 * @param {{facts?: string[], now?: string}} options  The facts to judge (all whose stores are given), and when it is.
 */
export function toKeepContract(received, options = {}) {
  const problems = problemsOf(received, options);
  const told = problems.slice(0, SHOWN).join("\n  ");
  const more = problems.length > SHOWN ? `\n  and ${problems.length - SHOWN} more` : "";
  return {
    name: "toKeepContract",
    pass: problems.length === 0,
    message: () => (problems.length > 0 ? `the contract is not kept:\n  ${told}${more}` : "the contract is kept"),
  };
}

/** Everything that speaks against some stores, a line each; none where the contract is kept. */
export function problemsOf(stores, { facts, now } = {}) {
  if (!isRecord(stores)) throw new TypeError("expect an object of stores: expect({ name: value }).toKeepContract()");
  const names = Object.keys(stores);
  const strange = names.find((name) => !Object.hasOwn(guards, name));
  if (strange !== undefined) throw new TypeError(`no store ${strange}; the stores are ${Object.keys(guards).join(", ")}`);
  const given = names.filter((name) => stores[name] !== null && stores[name] !== undefined);
  const unknown = (facts ?? []).find((name) => !contracts.some((one) => one.name === name));
  if (unknown !== undefined) throw new TypeError(`no fact ${unknown}; the facts are ${contracts.map((one) => one.name).join(", ")}`);
  if (given.length === 0) return ["no store is given, so nothing is judged"];
  const asked = contracts.filter(({ name, needs }) => (facts ? facts.includes(name) : needs.every((need) => given.includes(need))));
  return [...given.flatMap((name) => misshapen(name, stores[name])), ...asked.flatMap((one) => broken(one, stores, now))];
}

/** What is wrong with a store by the version that it is nearest to. */
function misshapen(name, value) {
  const parts = Object.hasOwn(keyedBy, name) && isRecord(value) ? Object.entries(value) : [["", value]];
  return parts.flatMap(([key, part]) => {
    const found = guards[name].map((guard) => guard["~standard"].validate(part).issues ?? []);
    const fewest = found.reduce((best, issues) => (issues.length < best.length ? issues : best));
    return fewest.map(({ message, path }) => `${name}:/${[...(key ? [key] : []), ...path].join("/")} ${message}`);
  });
}

/** What is wrong with a fact, for each of its parameters that the stores offer. */
function broken(contract, stores, now) {
  const found = bindings(contract.params, stores, now).flatMap((binding) => {
    const input = inputOf(contract.fact.definition, entries(stores, binding), now === undefined ? binding : { ...binding, now });
    const failing = contract.invariants.filter(([, holds]) => holdsNot(holds, input)).map(([says]) => `does not hold: ${says}`);
    const why = whyNot(contract, input);
    const of = Object.entries(binding).map(([name, value]) => ` ${name}=${value}`).join("");
    return [...failing, ...(why ? [`${contract.first} ${why}`] : [])].map((says) => `${contract.name}${of}: ${says}`);
  });
  return [...new Set(found)];
}

/** Why the first source is not right; the empty text when it is, or when there is nothing to tell. */
function whyNot({ fact, first, accepted }, input) {
  const { definition } = fact;
  const { tried } = resolve(definition, input);
  const why = tried.find((one) => one.source === first)?.why ?? "";
  if (why.startsWith("needs ")) {
    const [{ derive }] = definition.sources;
    const unguarded = resolve({ ...definition, sources: [{ name: first, derive }] }, input);
    return unguarded.tried[0]?.why === "gives null" ? "" : why;
  }
  return why === "gives null" || (why.startsWith("throws ") && accepted.includes("throws")) ? "" : why;
}

function holdsNot(holds, input) {
  try {
    return holds(input) === false;
  } catch {
    return false; // a store of another shape is the guard's and the fact's to tell
  }
}

/** The stores as a reader meets them: of a store of many keys the entry that a parameter names. */
function entries(stores, binding) {
  const met = { ...stores };
  for (const [name, param] of Object.entries(keyedBy)) {
    if (Object.hasOwn(met, name)) met[name] = Object.hasOwn(met[name] ?? {}, binding[param]) ? met[name][binding[param]] : null;
  }
  return met;
}

function bindings(params, stores, now) {
  let all = [{}];
  for (const [name, place] of Object.entries(params)) {
    const values = [...new Set(valuesOf(place, stores, now))];
    all = all.flatMap((binding) => values.map((value) => ({ ...binding, [name]: value }))).slice(0, MOST);
  }
  return all;
}

function valuesOf(place, stores, now) {
  if (place.fact !== undefined) {
    const { fact, params } = contracts.find(({ name }) => name === place.fact);
    const answers = bindings(params, stores, now).map((binding) => fact(entries(stores, binding), { ...binding, ...(now && { now }) }));
    return answers.map(({ value }) => value).filter((value) => typeof value === "string");
  }
  const found = place.paths.flatMap((steps) => at(stores[place.store], steps));
  return place.of === "key" ? found.filter(isRecord).flatMap(Object.keys) : found.filter((value) => typeof value === "string");
}

function at(value, [step, ...rest]) {
  if (step === undefined) return [value];
  if (step === EACH_VALUE) return isRecord(value) ? Object.values(value).flatMap((below) => at(below, rest)) : [];
  if (typeof step === "number") return Array.isArray(value) ? value.flatMap((below) => at(below, rest)) : [];
  return isRecord(value) && Object.hasOwn(value, step) ? at(value[step], rest) : [];
}
