// A derived fact as a function of the stores and its parameters.

import { resolve } from "./resolver.js";

const LEVELS = ["full", "degraded", "unavailable"];

/** What the sources of a fact are given: a store that is absent is null. */
export function inputOf({ stores }, held, params) {
  const input = { now: new Date().toISOString(), ...params };
  for (const name of stores) input[name] = held?.[name] ?? null;
  return input;
}

/**
 * Make a function of a fact: its name, the stores that it reads, what a right result looks like, and a row for each
 * source, best first: its name, its level, what is lost, its function or else its value, its guard. The function never
 * throws. A bundler can drop it when nobody asks.
 */
export function fact(name, stores, result, ...rows) {
  const sources = rows.map(([name, level, lost, derive, needs]) => ({ name, level: LEVELS[level], lost, derive, needs, value: derive }));
  const definition = { name, stores, result, sources };
  return Object.assign((held, params) => resolve(definition, inputOf(definition, held, params)), { definition });
}
