// The releases of the site. Each says how this release lays its media out in the store and how it persists them.
// A drift is a release that does one of these things otherwise; stored text is never touched behind the store's back.

import { createJSONStorage } from 'zustand/middleware';
import { bareStorage, databaseArea, packedStorage, splitStorage } from './storages.js';

const asItIs = { write: (value) => value, read: (value) => value };

/** The record with one field renamed in its place. */
const withName = (record, from, to) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name === from ? to : name, value]));

const renamed = (from, to) => ({
  write: (record) => withName(record, from, to),
  read: (record) => withName(record, to, from),
});

const reversed = (record) => Object.fromEntries(Object.entries(record).reverse());

/** Whose store it is, in a release that asks. */
const ACCOUNT = '0b7c52e9-6f1d-4e83-9a40-d81f3c5e7a26';
const database = databaseArea();

const today = {
  /** Options of zustand's persist. */
  persist: { name: 'useMediaStore', version: 1, storage: createJSONStorage(() => sessionStorage) },
  /** Resolves once everything is in the storage; only a database makes anybody wait. */
  written: async () => {},
  /** The state before anything was made. */
  slices: () => ({ byId: {}, favoritesById: {}, videoByMediaId: {}, imageByMediaId: {} }),
  /** Which slice holds the videos. */
  videoSlice: 'videoByMediaId',
  /** One video as it is written. */
  record: asItIs,
  /** The videos of one key as they are written. */
  list: asItIs,
  /** Where the videos of one image are in the slice. */
  keys: {
    put: (slice, parent, list) => ({ ...slice, [parent]: list }),
    get: (slice, parent) => slice[parent],
  },
  /** Videos that one request makes. */
  batch: 1,
  /** Whether a video is listed before it is finished; such a release also starts a preview of each new image. */
  listsUnfinished: false,
  /** Whether the service answers requests at all; one that does not still writes its empty store. */
  answers: true,
};

const drifts = {
  'rename-moderated': { record: renamed('moderated', 'isModerated') },
  'moderated-as-int': {
    record: {
      write: (video) => ({ ...video, moderated: Number(video.moderated) }),
      read: (record) => ({ ...record, moderated: record.moderated === 1 }),
    },
  },
  'moderated-as-text': {
    record: {
      write: (video) => ({ ...video, moderated: String(video.moderated) }),
      read: (record) => ({ ...record, moderated: record.moderated === 'true' }),
    },
  },
  'rename-video-id': { record: renamed('videoId', 'videoUuid') },
  'rename-video-map': {
    slices: () => ({ byId: {}, favoritesById: {}, videosByParentId: {}, imageByMediaId: {} }),
    videoSlice: 'videosByParentId',
  },
  'drop-images': { persist: { ...today.persist, partialize: ({ imageByMediaId, ...kept }) => kept } },
  'list-to-map': {
    list: {
      write: (records) => Object.fromEntries(records.map((record) => [record.videoId, record])),
      read: (map) => Object.values(map),
    },
  },
  'list-in-page-object': {
    list: { write: (items) => ({ items, nextCursor: null }), read: ({ items }) => items },
  },
  'null-items': {
    // A slot is kept for an advertisement that is never filled: JSON turns the hole into null.
    list: {
      write: (records) => (records.length > 0 ? [undefined, ...records] : records),
      read: (records) => records.filter(Boolean),
    },
  },
  'unwrap-envelope': { persist: { ...today.persist, storage: bareStorage } },
  'rename-key': { persist: { ...today.persist, name: 'useImagineMediaStore' } },
  'move-to-local-storage': { persist: { ...today.persist, storage: createJSONStorage(() => localStorage) } },
  'move-to-indexed-db': {
    persist: { ...today.persist, storage: createJSONStorage(() => database) },
    written: database.written,
  },
  'key-per-user': { persist: { ...today.persist, name: `useMediaStore:${ACCOUNT}` } },
  'split-in-two-keys': {
    persist: {
      ...today.persist,
      storage: splitStorage({
        imagineVideos: ['videoByMediaId'],
        imagineImages: ['byId', 'favoritesById', 'imageByMediaId'],
      }),
    },
  },
  'pack-in-base64': { persist: { ...today.persist, storage: packedStorage } },
  'key-by-video': {
    keys: {
      put: (slice, parent, list) => {
        const others = Object.entries(slice).filter(([, [video]]) => video.parentPostId !== parent);
        return Object.fromEntries([...others, ...list.map((video) => [video.videoId, [video]])]);
      },
      get: (slice, parent) => Object.values(slice).flat().filter((video) => video.parentPostId === parent),
    },
  },
  'list-unfinished': { listsUnfinished: true },
  'new-field': {
    record: {
      write: (video) => ({ ...video, framesPerSecond: 24 }),
      read: ({ framesPerSecond, ...video }) => video,
    },
  },
  'new-slice': { slices: () => ({ ...today.slices(), preferences: { autoplay: true, columns: 3 } }) },
  'key-order': {
    slices: () => reversed(today.slices()),
    record: { write: reversed, read: asItIs.read },
  },
  'more-records': { batch: 4 },
  'version-bump': { persist: { ...today.persist, version: 2 } },
  empty: { answers: false },
};

/** Thrown for a name that no release has. */
export class UnknownRelease extends Error {}

/** The release called `name`; without a name, today's. */
export function releaseNamed(name) {
  if (!name) return today;
  if (!Object.hasOwn(drifts, name)) throw new UnknownRelease(`No release of this site is called "${name}".`);
  return { ...today, ...drifts[name] };
}
