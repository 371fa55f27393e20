// Plays the stand-in's page state `worked` without a browser: its own store, releases and media on the real zustand.
// usage: node standin_stores.mjs FOLDER-OF-THE-SITE ID...   prints {release: {area: {key: text}}} of the page's areas
// The ids are handed out in order to images and videos: an image and its videos, then the next image.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [site, ...ids] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${site}/${name}`).href);

class Area {
  constructor() {
    this.texts = new Map();
  }
  getItem = (key) => this.texts.get(key) ?? null;
  setItem = (key, text) => void this.texts.set(key, text);
  removeItem = (key) => void this.texts.delete(key);
}
globalThis.sessionStorage = new Area();
globalThis.localStorage = new Area();

// As much of IndexedDB as the site uses: one table, whose entries are told as a capture tells them.
const database = new Area();
const answer = (result) => {
  const request = { result };
  queueMicrotask(() => {
    if (request.onupgradeneeded) request.onupgradeneeded();
    request.onsuccess();
  });
  return request;
};
const table = (base, name) => ({
  get: (key) => answer(database.getItem(`${base}/${name}/${key}`) ?? undefined),
  put: (text, key) => answer(database.setItem(`${base}/${name}/${key}`, text)),
  delete: (key) => answer(database.removeItem(`${base}/${name}/${key}`)),
});
globalThis.indexedDB = {
  open: (base) =>
    answer({
      createObjectStore: () => {},
      transaction: (name) => ({ objectStore: () => table(base, name) }),
      close: () => {},
    }),
};
const AREAS = { session: sessionStorage, local: localStorage, 'indexed-db': database };

const uuid = crypto.randomUUID.bind(crypto);
let waiting = [];
// Addresses take a piece of a random id as well: only records get the given ones.
crypto.randomUUID = () => (/mediaUrl/.test(new Error('').stack) ? uuid() : (waiting.shift() ?? uuid()));

const { openLibrary } = await load('library.js');
const { makeFavourite, makeImage, makeVideo, refused, succeeded } = await load('media.js');
const { releaseNamed } = await load('releases.js');

async function worked(name) {
  for (const area of Object.values(AREAS)) area.texts.clear();
  waiting = [...ids];
  const release = releaseNamed(name);
  const library = openLibrary(release);
  await library.hydrated();
  if (!release.answers) {
    library.write();
  } else {
    library.dropRefused();
    work(release, library);
  }
  await release.written();
  return Object.fromEntries(Object.entries(AREAS).map(([name, area]) => [name, Object.fromEntries(area.texts)]));
}

function work(release, library) {
  for (const [place, outcomes] of [[succeeded, refused], [succeeded, succeeded]].entries()) {
    const image = makeImage();
    let number = 0;
    library.addImage(image);
    if (release.listsUnfinished) library.begin({ ...makeVideo(image, ++number), progress: 40 });
    if (place === 0) library.addFavourite(makeFavourite(image));
    for (const outcome of outcomes) {
      const count = outcome === refused ? 1 : release.batch;
      const videos = Array.from({ length: count }, () => makeVideo(image, ++number));
      videos.forEach(library.begin);
      for (const video of videos) library.finish(outcome(video));
    }
  }
}

const played = {};
for (const name of JSON.parse(readFileSync(0, 'utf8'))) played[name] = await worked(name);
console.log(JSON.stringify(played));
