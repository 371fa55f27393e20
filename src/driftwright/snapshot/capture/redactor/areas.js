// Areas: what lies in the storages that can be asked at once

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
