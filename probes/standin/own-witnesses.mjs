// Plays what the extension keeps beside the site's store of some moments, by its own scripts: opens an image, which is the
// first write of a session; ends a session, whose counters then stand at zero beside all that the site still lists; and opens
// an image whose session an older release kept under a video's id, so that one session lies under two keys.
// usage: node own-witnesses.mjs [FOLDER]   writes FOLDER/<store>/<version>/<moment>.witness.json, or prints {moment: {place: store}}

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

const SCRIPTS = ['watch.js', 'profile.js', 'main-line.js', 'later-line.js'];
const here = new URL('.', import.meta.url);
const ENDS_AFTER = 40_000; // from the start of a video to its end, in milliseconds

process.env.TZ = 'UTC';

const played = execFileSync(process.execPath, [new URL('witnesses.mjs', here).pathname], { encoding: 'utf8' });
const SITE = JSON.parse(played);

/** The image of a moment as the page shows it, and its attempts as they end, one after the other. */
function shown(moment) {
  const { imageByMediaId, videoByMediaId } = SITE[moment].state;
  const [[id, [image]]] = Object.entries(imageByMediaId);
  const since = Date.parse(image.createTime);
  const attempts = videoByMediaId[id].map(({ videoId, moderated, createTime }) => {
    return { id: videoId, moderated, at: Date.parse(createTime) + ENDS_AFTER, since };
  });
  return { image: { id, prompt: image.originalPrompt, attempts }, attempts };
}

/** A time as each release of V8 writes it: some put a narrow space before AM. */
class PlainDate extends Date {
  toLocaleTimeString(...given) {
    return super.toLocaleTimeString(...given).replace(/\s/gu, ' ');
  }
}

/** The extension's scripts on a page that holds nothing yet. */
class Extension {
  constructor() {
    this.tab = new Map();
    this.local = new Map();
    const area = {
      get: async (keys) => Object.fromEntries([keys].flat().filter((key) => this.local.has(key)).map((key) => [key, this.local.get(key)])),
      set: async (entries) => Object.entries(entries).forEach(([key, value]) => this.local.set(key, structuredClone(value))),
    };
    const sessionStorage = { getItem: (key) => this.tab.get(key) ?? null, setItem: (key, text) => void this.tab.set(key, text) };
    const page = createContext({ sessionStorage, chrome: { storage: { local: area } }, Date: PlainDate });
    for (const script of SCRIPTS) runInContext(readFileSync(new URL(`extension/${script}`, here), 'utf8'), page);
    Object.assign(this, runInContext('({ mainLine, laterLine })', page));
  }

  /** What lies under keys that begin so, by the ids that they end in. */
  records(prefix) {
    const held = [...[...this.tab].map(([key, text]) => [key, JSON.parse(text)]), ...this.local];
    return Object.fromEntries(held.filter(([key]) => key.startsWith(prefix)).map(([key, record]) => [key.slice(prefix.length), record]));
  }

  /** What it keeps, by store and version; the next release copies the preferences into the tab when the page turns. */
  stores(image) {
    const session = this.records('grokRetrySession_');
    const post = this.records('grokRetryPost_');
    const { '': sessions } = this.records('useGrokRetryVideoSessions_store');
    return {
      'session/v5': session,
      'session/v6': { ...session, [image.id]: { ...session[image.id], ...post[image.id] } },
      'post/v3': post,
      'sessions/v4': without(sessions, 'sessionActivatedAt'),
      'sessions/v5': sessions,
    };
  }
}

/** The store of all sessions as the release before wrote it, which knew all fields of a session but one. */
function without({ state, ...rest }, field) {
  const before = Object.entries(state.sessionByMediaId).map(([id, { [field]: _, ...session }]) => [id, session]);
  return { state: { ...state, sessionByMediaId: Object.fromEntries(before) }, ...rest };
}

/** An image was opened: nothing but whose session it is has been written. */
function firstWrite() {
  const extension = new Extension();
  extension.mainLine.open({ ...shown('none-yet').image, attempts: [] });
  const session = extension.records('grokRetrySession_');
  return { 'session/v5': session, 'session/v6': session };
}

/** A session that has ended: both layouts, keyed by the image. */
async function ended() {
  const extension = new Extension();
  const { image, attempts } = shown('ended');
  extension.mainLine.open({ ...image, attempts: [] });
  await extension.mainLine.meet(image);
  for (const attempt of attempts) {
    extension.laterLine.count(image, attempt);
    await extension.mainLine.count(image, attempt);
  }
  const at = attempts.at(-1).at + ENDS_AFTER;
  extension.laterLine.end(at);
  extension.mainLine.end(image, at);
  return extension.stores(image);
}

/**
 * A session that a release before kept under the id of the page, a video's: its record is copied for the image, and the
 * copy alone counts what comes after.
 */
async function twoKeys() {
  const extension = new Extension();
  const { image, attempts } = shown('two-keys');
  const before = attempts.slice(0, -1);
  const [own, old] = [image.id, before[0].id].map((id) => `grokRetrySession_${id}`);
  await extension.mainLine.meet(image);
  for (const attempt of before) await extension.mainLine.count(image, attempt);
  const { sessionMediaId, ...record } = JSON.parse(extension.tab.get(own)); // that release knew no image
  extension.tab.delete(own);
  extension.tab.set(old, JSON.stringify(record));
  extension.mainLine.open(image);
  await extension.mainLine.count(image, attempts.at(-1));
  for (const attempt of attempts) extension.laterLine.count(image, attempt);
  return extension.stores(image);
}

const moments = { 'first-write': firstWrite(), ended: await ended(), 'two-keys': await twoKeys() };
const [folder] = process.argv.slice(2);
const textOf = (value) => `${JSON.stringify(value, null, 2)}\n`;
if (folder === undefined) process.stdout.write(textOf(moments));
for (const [moment, stores] of folder === undefined ? [] : Object.entries(moments)) {
  for (const [place, record] of Object.entries(stores)) writeFileSync(`${folder}/${place}/${moment}.witness.json`, textOf(record));
}
