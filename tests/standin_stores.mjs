// Plays the stand-in's page state `worked` without a browser: its own store, releases and media on the real zustand.
// usage: node standin_stores.mjs FOLDER-OF-THE-SITE ID...   prints {release: {session: {key: text}, local: {key: text}}}
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

const uuid = crypto.randomUUID.bind(crypto);
let waiting = [];
// Addresses take a piece of a random id as well: only records get the given ones.
crypto.randomUUID = () => (/mediaUrl/.test(new Error('').stack) ? uuid() : (waiting.shift() ?? uuid()));

const { openLibrary } = await load('library.js');
const { makeFavourite, makeImage, makeVideo, refused, succeeded } = await load('media.js');
const { releaseNamed } = await load('releases.js');

function worked(name) {
  sessionStorage.texts.clear();
  localStorage.texts.clear();
  waiting = [...ids];
  const release = releaseNamed(name);
  const library = openLibrary(release);
  if (!release.answers) {
    library.write();
  } else {
    library.dropRefused();
    work(release, library);
  }
  return { session: Object.fromEntries(sessionStorage.texts), local: Object.fromEntries(localStorage.texts) };
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

const releases = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(Object.fromEntries(releases.map((name) => [name, worked(name)]))));
