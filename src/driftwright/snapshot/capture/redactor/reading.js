// Reading: only in a world of our own, or in the extension's

const within = (promise) =>
  Promise.race([promise, new Promise((_, give) => setTimeout(() => give({ name: "TimeoutError" }), LIMIT.patience))]);
const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    // Gone since it was listed: opening it must not make it anew.
    request.onupgradeneeded = () => request.transaction.abort();
  });

/** A stored value as text, as if it lay in one of the other areas. */
function textOf(value) {
  if (typeof value === "string") return value;
  try {
    const plain = (_, part) => (typeof part === "bigint" ? String(part) : ArrayBuffer.isView(part) ? null : part);
    return JSON.stringify(value, plain) ?? "null";
  } catch {
    return ""; // it refers to itself: no JSON could hold it
  }
}

/** Read an object store in small parts, until `left` units are used up; return how many are left. */
async function objectStore(held, name, found, left) {
  const keys = await asked(held.getAllKeys(null, LIMIT.records));
  for (let at = 0; at < keys.length && left > 0; at += 100) {
    const range = IDBKeyRange.bound(keys[at], keys[Math.min(at + 99, keys.length - 1)]);
    const values = await asked(held.getAll(range, 100));
    for (let i = 0; i < values.length; i++) {
      const key = keys[at + i];
      const text = textOf(values[i]);
      found.push([`${name}/${typeof key === "string" ? key : JSON.stringify(key)}`, text]);
      left -= text.length;
    }
  }
  return left;
}

async function databases(area) {
  const entries = [];
  let left = LIMIT.units;
  const listed = await globalThis.indexedDB.databases();
  for (const { name } of listed.slice(0, LIMIT.databases)) {
    const database = await asked(globalThis.indexedDB.open(name));
    database.onversionchange = () => database.close(); // the page's own upgrade must not wait for us
    try {
      for (const store of [...database.objectStoreNames]) {
        const held = database.transaction(store).objectStore(store);
        left = await objectStore(held, `${name}/${store}`, entries, left);
      }
    } finally {
      database.close();
    }
  }
  return { area, entries };
}

async function databaseArea(area) {
  try {
    return await within(databases(area));
  } catch (error) {
    return { area, entries: [], denied: reason(error) };
  }
}

const READERS = {
  session: (area) => pageArea(area, () => globalThis.sessionStorage),
  local: (area) => pageArea(area, () => globalThis.localStorage),
  "indexed-db": databaseArea,
  "extension-local": (area) => extensionArea(area, "local"),
  "extension-sync": (area) => extensionArea(area, "sync"),
  "extension-session": (area) => extensionArea(area, "session"),
  "page-json": documentArea,
  window: givenArea,
  response: givenArea,
};

const answer = ({ policy, views, tool }, origin) => JSON.stringify({ areas: redactedAreas(policy, views, tool), origin });

/** Read areas; the texts of the page's own are all taken before the page may run again. */
async function looked(policy) {
  const views = pristine(() => policy.areas.map((area) => READERS[area](area, policy)));
  // Databases and an extension's areas answer later.
  for (let i = 0; i < views.length; i++) if (typeof views[i].then === "function") views[i] = await views[i];
  return views;
}

const sameText = ([key, text], [otherKey, otherText]) => key === otherKey && text === otherText;
const sameView = (one, other) =>
  one.denied === other.denied &&
  one.entries.length === other.entries.length &&
  one.entries.every((entry, index) => sameText(entry, other.entries[index]));

let last = null; // what was read last, for as long as this object lives: it never leaves the page

return {
  redact: (policyText, areasText) => pristine(() => {
    const policy = JSON.parse(policyText);
    const views = JSON.parse(areasText).map((view) => ({ ...view, entries: (view.entries ?? []).map(entryOf) }));
    last = { policy, views, tool: redactor(policy) };
    return answer(last, "");
  }),
  capture: async (policyText) => {
    const policy = pristine(() => JSON.parse(policyText));
    const views = await looked(policy);
    return pristine(() => {
      last = { policy, views, tool: redactor(policy) };
      return answer(last, globalThis.location.origin);
    });
  },
  // Whether everything is still as it was read: far cheaper than to redact it again.
  unchanged: async () => {
    if (last === null) return false;
    const views = await looked(last.policy);
    return pristine(() => views.every((view, index) => sameView(view, last.views[index])));
  },
  answers: answering(() => last),
};
