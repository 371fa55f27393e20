// Window: globals of the page as text; its own code made them, so what they say is the page's word

const MOST_GLOBALS = 50;

const isOfBrowser = (value) => value === globalThis || value.window === value || typeof value.nodeType === "number";

/** A global as JSON: without what refers to itself or belongs to the browser; "" where no JSON can hold it. */
function globalText(value) {
  const above = [];
  let left = LIMIT.nodes;
  const plain = function (_, part) {
    if (--left < 0 || above.length > LIMIT.depth) throw OVERSIZE;
    if (typeof part === "bigint") return String(part);
    if (part === null || typeof part !== "object") return part;
    if (ArrayBuffer.isView(part)) return null;
    while (above.length > 0 && above[above.length - 1] !== this) above.pop();
    if (above.includes(part) || isOfBrowser(part)) return undefined;
    above.push(part);
    return part;
  };
  try {
    return JSON.stringify(value, plain) ?? "";
  } catch (error) {
    return error === OVERSIZE ? " ".repeat(LIMIT.units + 1) : "";
  }
}

function globalAt(path) {
  let value = globalThis;
  for (const name of path.split(".")) value = value === undefined || value === null ? undefined : value[name];
  return value;
}

/** The page's own globals that hold objects: those whose names are not among the browser's. */
function ownGlobals(browsers) {
  const known = new Set(browsers);
  const named = Object.getOwnPropertyNames(globalThis).filter((name) => !known.has(name));
  const held = named.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)?.value]);
  return held.filter(([, value]) => value !== null && typeof value === "object" && !isOfBrowser(value)).slice(0, MOST_GLOBALS);
}

/** Globals as pairs of a path and a text; where one of them is not there, all the page's own as well. */
function globalsAt(paths, browsers) {
  const found = [];
  for (const path of paths) {
    try {
      const value = globalAt(path);
      if (value !== undefined) found.push([path, globalText(value)]);
    } catch {
      found.push([path, ""]); // it throws on being read
    }
  }
  if (found.length === paths.length) return found;
  const known = new Set(found.map(([path]) => path));
  return [...found, ...ownGlobals(browsers).filter(([name]) => !known.has(name)).map(([name, value]) => [name, globalText(value)])];
}
