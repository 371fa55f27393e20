// A derived fact as a function of the stores and its parameters.

import { resolve } from "./resolver.js";

/** What the sources of a fact are given: a store that is absent is null. */
export function inputOf({ stores }, held, params) {
  const input = { now: new Date().toISOString(), ...params };
  for (const name of stores) input[name] = held?.[name] ?? null;
  return input;
}

/**
 * Make a function of a definition: its name, the stores that it reads, its sources, and what a right result looks like.
 * The function never throws. A bundler can drop it when nobody asks.
 */
export function fact(definition) {
  return Object.assign((stores, params) => resolve(definition, inputOf(definition, stores, params)), { definition });
}
