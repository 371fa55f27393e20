// Plays the known-good moments of the site's store on the small site: its own store on the real zustand, and its own rules of
// what is listed when. Ids, texts, addresses and times are invented here; all else is what the site makes of them.
// usage: node witnesses.mjs [FOLDER]   writes FOLDER/<moment>.witness.json, or prints {moment: store}

import { writeFileSync } from 'node:fs';

const LIBRARY = new Map();
globalThis.sessionStorage = {
  getItem: (key) => LIBRARY.get(key) ?? null,
  setItem: (key, text) => void LIBRARY.set(key, text),
  removeItem: (key) => void LIBRARY.delete(key),
};
globalThis.localStorage = globalThis.sessionStorage;
globalThis.indexedDB = {};

const id = (digit) => [8, 4, 4, 4, 12].map((size, part) => (part === 2 ? '4' : part === 3 ? '8' : digit).padEnd(size, digit)).join('-');
const SIZES = { width: 1280, height: 720 };

// What is asked for, by the name of its file: an id, when, and how.
const FOX = { id: id('1'), at: '2026-02-05T15:50:00.000Z', prompt: 'a red fox on a frozen lake' };
FOX.rewritten = 'A red fox crossing a frozen lake, low winter sun, film grain';
const STATION = { id: id('9'), at: '2026-02-05T15:54:30.000Z', prompt: 'an empty station at dawn', ...SIZES };
STATION.rewritten = 'An empty railway station at dawn, blue mist over the rails';
const NIGHT = { id: id('7'), at: '2026-02-05T15:50:40.000Z', prompt: 'the same at night', rewritten: 'The same fox at night' };
const VIDEOS = {
  run: { id: id('2'), at: '2026-02-05T15:51:22.310Z', prompt: '' },
  leap: { id: id('3'), at: '2026-02-05T15:53:05.042Z', prompt: 'the fox leaps over the crack in the ice', videoDuration: 10 },
  rest: { id: id('4'), at: '2026-02-05T15:55:41.877Z', prompt: 'the fox lies down and looks back', resolutionName: '720p' },
  halt: { id: id('4'), at: '2026-02-05T15:55:41.877Z', prompt: '', resolutionName: '720p' },
  train: { id: id('5'), at: '2026-02-05T15:57:09.156Z', prompt: 'a train pulls in slowly' },
};
const FOLDERS = { 'image.jpg': 'images', 'preview_image.jpg': 'previews', 'video.mp4': 'videos' };

let now = '';
let next = '';
globalThis.crypto.randomUUID = () => next;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [now]));
  }
};

const { openLibrary } = await import('./site/library.js');
const { awaited, makeFavourite, makeImage, makeVideo, refused, succeeded } = await import('./site/media.js');
const { releaseNamed } = await import('./site/releases.js');

/** What the service makes of what is asked, with the address of its file. */
function asked({ id, at, ...wish }, name) {
  now = at;
  next = id;
  const address = (_, file) => `https://assets.example/${FOLDERS[file]}/${name}.${file.split('.')[1]}`;
  return { modelName: 'imagine_x_1', ...wish, address };
}

function imageOf(wish, name) {
  const { modelName, ...image } = asked(wish, name);
  return makeImage(image);
}

class Session {
  constructor(release = null) {
    LIBRARY.clear();
    this.media = openLibrary(releaseNamed(release));
  }

  image(wish, name, { favourite = false, fetched = false } = {}) {
    this.open = imageOf(wish, name);
    if (fetched) delete this.open.optimisticId;
    else this.media.addImage(awaited(this.open));
    this.media.addImage(this.open);
    if (favourite) this.media.addFavourite(makeFavourite(this.open));
    return this;
  }

  /** An image that the service has not answered for. */
  pending(wish, name) {
    this.media.addImage(awaited(imageOf(wish, name)));
    return this;
  }

  edit(wish, name) {
    this.media.addEdit({ ...imageOf(wish, name), originalPostId: this.open.id }, this.open.id);
    return this;
  }

  video(name, { ok = true, fetched = false } = {}) {
    const more = fetched ? { videoPostId: VIDEOS[name].id, thumbnailImageUrl: ok ? `users/made-up/generated/${name}/preview_image.jpg` : '' } : {};
    const wish = asked({ ...VIDEOS[name], imageReference: this.open.mediaUrl, ...more }, name);
    const video = makeVideo(this.open, 1, wish);
    this.media.begin(video);
    const made = { ...succeeded(video, wish.address), videoUrl: `/generated/${name}.mp4` };
    this.media.finish(ok ? made : refused(video));
    return this;
  }

  /** A video is being made: its container is there, and lists nothing. */
  begun(name) {
    this.media.begin(makeVideo(this.open, 1, asked(VIDEOS[name], name)));
    return this;
  }

  reloaded() {
    this.media.dropRefused();
    return this;
  }

  get store() {
    return JSON.parse(LIBRARY.get('useMediaStore'));
  }
}

const moments = {
  one: new Session().image(FOX, 'fox', { favourite: true }).video('run').store,
  several: new Session()
    .image(FOX, 'fox', { favourite: true })
    .edit(NIGHT, 'night')
    .video('run')
    .video('leap', { ok: false })
    .video('rest').store,
  'all-moderated': new Session().image(FOX, 'fox').video('run', { ok: false }).video('leap', { ok: false }).store,
  'none-yet': new Session().image(FOX, 'fox').begun('run').store,
  'null-holes': new Session('null-items').image(FOX, 'fox').video('run').video('leap', { ok: false }).store,
  'two-parents': new Session()
    .image(FOX, 'fox')
    .video('run')
    .video('leap', { ok: false })
    .image(STATION, 'station', { favourite: true })
    .video('halt')
    .video('train').store,
};
// An image of an earlier visit, as the service hands it over: under its own id from the first, with addresses relative to it.
const fetched = () => {
  const session = new Session().image(FOX, 'fox', { favourite: true, fetched: true });
  return session.video('run', { fetched: true }).video('leap', { ok: false, fetched: true }).video('rest', { fetched: true }).store;
};
Object.assign(moments, { ended: fetched(), 'two-keys': fetched() });

const [folder] = process.argv.slice(2);
const textOf = (value) => `${JSON.stringify(value, null, 2)}\n`;
if (folder === undefined) process.stdout.write(textOf(moments));
else for (const [name, store] of Object.entries(moments)) writeFileSync(`${folder}/${name}.witness.json`, textOf(store));
