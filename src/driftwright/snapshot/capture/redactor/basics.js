// What all parts of the redactor share.

const LIMIT = { depth: 128, nodes: 2_000_000, units: 16 * 1024 * 1024, databases: 50, records: 5000, patience: 3000 };
const OVERSIZE = { name: "oversize" }; // thrown and caught here; carries nothing of the page
const NO_RULE = Object.freeze({});
const own = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
const byKey = (one, two) => (one.key < two.key ? -1 : Number(one.key > two.key));
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

// Storage keys and map keys may be named `__proto__`; a plain assignment would lose them.
const put = (object, name, value) => {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  return object;
};

/** A name that `object` has not yet, for one that it has; `counts` keeps how often each was asked for. */
const freeName = (object, name, counts) => {
  let count = counts.get(name) ?? 0;
  let free;
  do free = `${name}_${++count > 1 ? count : ""}`;
  while (own(object, free));
  counts.set(name, count);
  return free;
};
