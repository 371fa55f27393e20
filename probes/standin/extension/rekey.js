// The release that re-keys (next.manifest.json): at every start it moves what the earlier releases stored by the post
// into one record for each parent image, with the very functions that `driftwright prove` held the laws against.
// data-rekeyed on <html> says how far it is: "waits" while some record's parent is not known yet, then "done".

const SESSION_PREFIX = 'grokRetrySession_';
const POST_PREFIX = 'grokRetryPost_';
const PARENT_PREFIX = 'grokRetryByParent_';
const SITE_KEY = 'useMediaStore';

/** Entries whose keys begin alike, by what follows in their keys. */
function recordsUnder(prefix, entries) {
  const own = Object.entries(entries).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, record]) => [key.slice(prefix.length), record]));
}

function tabEntries() {
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(SESSION_PREFIX));
  return Object.fromEntries(keys.map((key) => [key, tabRecord(key)]));
}

async function heldStores() {
  const kept = await chrome.storage.local.get(null);
  return {
    session: recordsUnder(SESSION_PREFIX, tabEntries()),
    post: recordsUnder(POST_PREFIX, kept),
    session_by_parent: recordsUnder(PARENT_PREFIX, kept),
    site: tabRecord(SITE_KEY),
    now: Date.now(),
  };
}

/** The storage as the migration sees it: sessions lie in the tab, everything else with the extension. */
const keeper = {
  async read(key) {
    if (key.startsWith(SESSION_PREFIX)) return tabRecord(key);
    return (await chrome.storage.local.get(key))[key] ?? null;
  },
  async write(key, record) {
    if (key.startsWith(SESSION_PREFIX)) keepTabRecord(key, record);
    else await chrome.storage.local.set({ [key]: record });
  },
  async remove(key) {
    if (key.startsWith(SESSION_PREFIX)) sessionStorage.removeItem(key);
    else await chrome.storage.local.remove(key);
  },
};

async function rekey() {
  const { move, apply } = globalThis.driftwrightMigrations.session_by_parent;
  const plan = await move(await heldStores());
  await apply(plan, keeper);
  document.documentElement.dataset.rekeyed = plan.wait.length > 0 ? 'waits' : 'done';
}

let turn = Promise.resolve();

/** One run after the other, however often the page changes meanwhile. */
function rekeyInTurn() {
  turn = turn.then(rekey).catch((error) => console.error('Stand-in retry:', error));
}

document.addEventListener('DOMContentLoaded', () => {
  rekeyInTurn();
  watchPage(() => {
    if (document.documentElement.dataset.rekeyed === 'waits') rekeyInTurn();
  });
});
