// Reading: only in a world of our own, or in the extension's

/** Why an area was closed, as a word; never the browser's sentence, which may hold page text. */
const reason = (error) => (/^[A-Za-z]{1,40}$/.test(error?.name ?? "") ? error.name : "Error");

function pageArea(area, storage) {
  try {
    const held = storage();
    // Through the prototype: a stored key may be named like a method.
    const length = Object.getOwnPropertyDescriptor(Storage.prototype, "length").get.call(held);
    const keys = Array.from({ length }, (_, index) => Storage.prototype.key.call(held, index));
    return { area, entries: keys.map((key) => [key, Storage.prototype.getItem.call(held, key) ?? ""]) };
  } catch (error) {
    return { area, entries: [], denied: reason(error) };
  }
}

async function extensionArea(area, name) {
  try {
    const held = await globalThis.chrome.storage[name].get(null);
    return { area, entries: Object.keys(held).map((key) => [key, JSON.stringify(held[key]) ?? "null"]) };
  } catch (error) {
    return { area, entries: [], denied: reason(error) };
  }
}

const READERS = {
  session: (area) => pageArea(area, () => globalThis.sessionStorage),
  local: (area) => pageArea(area, () => globalThis.localStorage),
  "extension-local": (area) => extensionArea(area, "local"),
  "extension-sync": (area) => extensionArea(area, "sync"),
};

const answer = (policy, areas, origin) => JSON.stringify({ areas: redactedAreas(policy, areas), origin });

return {
  redact: (policyText, areasText) => pristine(() => answer(JSON.parse(policyText), JSON.parse(areasText), "")),
  capture: async (policyText) => {
    const { policy, views } = pristine(() => {
      const told = JSON.parse(policyText);
      return { policy: told, views: told.areas.map((area) => READERS[area](area)) };
    });
    // Only an extension's areas answer later. Those of a page are redacted before the page may run again.
    for (let i = 0; i < views.length; i++) if (typeof views[i].then === "function") views[i] = await views[i];
    return pristine(() => answer(policy, views, globalThis.location.origin));
  },
};
