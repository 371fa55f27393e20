// Where and in what form a release persists its store, other than as JSON text under one key of the tab's storage.

import { createJSONStorage } from 'zustand/middleware';

const DATABASE = 'imagine';
const TABLE = 'keyval';

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function opened() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
  return answered(opening);
}

async function inDatabase(mode, ask) {
  const database = await opened();
  try {
    return await answered(ask(database.transaction(TABLE, mode).objectStore(TABLE)));
  } finally {
    database.close();
  }
}

/** Keys and texts in an IndexedDB table; `written` resolves once every change so far is in it. */
export function databaseArea() {
  let last = Promise.resolve();
  const change = (ask) => (last = last.then(() => inDatabase('readwrite', ask)));
  return {
    getItem: async (key) => (await inDatabase('readonly', (table) => table.get(key))) ?? null,
    setItem: (key, text) => change((table) => table.put(text, key)),
    removeItem: (key) => change((table) => table.delete(key)),
    written: () => last,
  };
}

/** A persist storage that writes the state without the `{state, version}` envelope. */
export const bareStorage = {
  getItem: (name) => {
    const text = sessionStorage.getItem(name);
    return text === null ? null : { state: JSON.parse(text), version: 1 };
  },
  setItem: (name, { state }) => sessionStorage.setItem(name, JSON.stringify(state)),
  removeItem: (name) => sessionStorage.removeItem(name),
};

/** A persist storage that writes some slices of the state under one key and some under another. */
export function splitStorage(slicesByKey) {
  const keys = Object.keys(slicesByKey);
  return {
    getItem: () => {
      const texts = keys.map((key) => sessionStorage.getItem(key));
      if (texts.includes(null)) return null;
      const parts = texts.map((text) => JSON.parse(text));
      return { state: Object.assign({}, ...parts.map((part) => part.state)), version: parts[0].version };
    },
    setItem: (_, { state, version }) => {
      for (const [key, names] of Object.entries(slicesByKey)) {
        const part = Object.fromEntries(names.map((name) => [name, state[name]]));
        sessionStorage.setItem(key, JSON.stringify({ state: part, version }));
      }
    },
    removeItem: () => keys.forEach((key) => sessionStorage.removeItem(key)),
  };
}

const packed = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const unpacked = (text) => new TextDecoder().decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));

/** A persist storage that packs the text into base64. */
export const packedStorage = createJSONStorage(() => ({
  getItem: (key) => {
    const text = sessionStorage.getItem(key);
    return text === null ? null : unpacked(text);
  },
  setItem: (key, text) => sessionStorage.setItem(key, packed(text)),
  removeItem: (key) => sessionStorage.removeItem(key),
}));
