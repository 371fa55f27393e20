// Given: what a world of our own was handed, for no world sees it by itself

const GIVEN = Symbol.for("driftwright.given");
const givenIn = (area) => (own(globalThis, GIVEN) ? globalThis[GIVEN][area] : undefined);

/** An entry as it lies in storage: what was handed as parts of several answers or files is made one text. */
const entryOf = ([key, held, many]) => [key, typeof held === "string" ? held : documentText(held, many === true)];

function givenArea(area, policy) {
  const given = givenIn(area) ?? (policy.own && area === "window" ? globalsAt(policy.own, []) : undefined);
  if (!given) return { area, entries: [], denied: "NotLookedAt" };
  if (given.denied) return { area, entries: [], denied: given.denied };
  return { area, entries: given.map(entryOf) };
}
