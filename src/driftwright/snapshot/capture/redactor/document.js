// Document: the JSON that stands in a page's document, by the keys under which a store may be declared

const MOST_SCRIPTS = 1000;
const MOST_ASSIGNED = 200;
const IS_CODE = /^$|^module$|^(?:text|application)\/(?:x-)?(?:java|ecma)script/i;
const NAMES_OF_GLOBAL = String.raw`(?:\s*\.\s*[A-Za-z_$][\w$]*|\s*\[\s*(?:"[\w$]+"|'[\w$]+')\s*\])+`;
const ASSIGNED = String.raw`\b(?:(?:window|globalThis|self)(${NAMES_OF_GLOBAL})|(?:var|let|const)\s+([A-Za-z_$][\w$]*))\s*=(?!=)\s*`;
const ESCAPED = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(\r\n|[^]))|"/gi;
const SIMPLE = new Map([["'", "'"], ["`", "`"], ["0", "\\u0000"], ["v", "\\u000b"], ["\n", ""], ["\r\n", ""]]); // prettier-ignore

/** Where the literal of a text that begins at `at` ends. */
function endOfText(code, at) {
  const quote = code[at];
  for (let i = at + 1; i < code.length; i++) {
    if (code[i] === "\\") i++;
    else if (code[i] === quote) return i + 1;
  }
  return code.length;
}

/** What a literal of a text says. */
function textOfLiteral(literal) {
  const body = literal.slice(1, -1).replace(ESCAPED, (whole, hex, unit, other) => {
    if (whole === '"') return '\\"';
    if (hex) return `\\u00${hex}`;
    return unit ? whole : (SIMPLE.get(other) ?? (/[bfnrt"\\/]/.test(other) ? whole : other));
  });
  return valueOrText(`"${body}"`);
}

/** The JSON that an assignment gives, as it is written in code or within `JSON.parse`; "" where it is none. */
function assignedText(code, at) {
  const call = /^JSON\s*\.\s*parse\(\s*(?=["'`])/.exec(code.slice(at, at + 40));
  if (call) {
    const begin = at + call[0].length;
    return textOfLiteral(code.slice(begin, endOfText(code, begin)));
  }
  if (code[at] !== "{" && code[at] !== "[") return "";
  let depth = 0;
  for (let i = at; i < code.length; i++) {
    const letter = code[i];
    if (letter === '"' || letter === "'" || letter === "`") i = endOfText(code, i) - 1;
    else if (letter === "{" || letter === "[") depth++;
    else if ((letter === "}" || letter === "]") && --depth === 0) return code.slice(at, i + 1);
  }
  return code.slice(at);
}

/** What code assigns to globals, as pairs of a key and a text. */
function assignedIn(code) {
  const found = [];
  const pattern = new RegExp(ASSIGNED, "g");
  for (let match; (match = pattern.exec(code)) !== null; ) {
    if (found.length === MOST_ASSIGNED) throw OVERSIZE;
    const names = match[2] ?? match[1].match(/[\w$]+/g).join(".");
    const text = assignedText(code, pattern.lastIndex);
    if (text === "") continue;
    found.push([`window.${names}`, text]);
    pattern.lastIndex += text.length; // what stands within it is data
  }
  return found;
}

/** What the scripts of a document hold, as pairs of a key and a text, in the order of the document. */
function scriptsIn(root) {
  const found = [];
  let left = LIMIT.units;
  const scripts = [...root.querySelectorAll("script")];
  if (scripts.length > MOST_SCRIPTS) throw OVERSIZE; // what was not looked at is not called gone
  for (const script of scripts) {
    const text = script.textContent ?? "";
    left -= text.length;
    if (left < 0) throw OVERSIZE;
    const [id, type] = [script.getAttribute("id"), (script.getAttribute("type") ?? "").trim()];
    if (id) found.push([`script#${id}`, text]);
    if (!IS_CODE.test(type)) found.push([`script[type="${type}"]`, text]);
    else found.push(...assignedIn(text));
  }
  return found;
}

/** What stands in the document as it was served, where a world of our own was handed it, else as it is open. */
function documentArea(area, policy) {
  const given = givenIn(area);
  if (given?.denied) return { area, entries: [], denied: given.denied };
  const stores = (policy.stores ?? []).filter((store) => store.area === area).map(prepared);
  const parts = new Map();
  try {
    const root = typeof given === "string" ? new DOMParser().parseFromString(given, "text/html") : globalThis.document;
    for (const [key, text] of scriptsIn(root)) {
      if (!parts.has(key)) parts.set(key, []);
      parts.get(key).push(["json", text]);
    }
  } catch (error) {
    return { area, entries: [], denied: reason(error) };
  }
  const takeOf = (key) => stores.find((store) => bound(store, key))?.take;
  const entries = [...parts].map(([key, held]) => [key, taken(held, takeOf(key) ?? "first")]);
  return { area, entries: entries.filter(([, text]) => text !== undefined) };
}
