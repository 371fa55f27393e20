// The site's store: a vanilla zustand store with persist, and what may be done with it.

import { createStore } from 'zustand/vanilla';
import { persist } from 'zustand/middleware';

/** The store of one release, spoken to in terms of images and videos whatever their layout. */
export function openLibrary(release) {
  const store = createStore(persist(release.slices, release.persist));
  const slice = () => store.getState()[release.videoSlice];
  const unpack = (list) => release.list.read(list).map(release.record.read);
  const videosOf = (parent) => {
    const list = release.keys.get(slice(), parent);
    return list === undefined ? [] : unpack(list);
  };
  const setVideos = (parent, videos) => {
    const list = release.list.write(videos.map(release.record.write));
    store.setState({ [release.videoSlice]: release.keys.put(slice(), parent, list) });
  };
  /** The image of a container holds the items that were made from it: as many as are listed. */
  const setChildren = (parent) => {
    const { imageByMediaId = {} } = store.getState();
    const [image, ...edits] = imageByMediaId[parent] ?? [];
    if (image === undefined) return;
    const childPosts = videosOf(parent).map((video) => ({ id: video.videoId, mediaType: 'MEDIA_POST_TYPE_VIDEO', ...video }));
    store.setState({ imageByMediaId: { ...imageByMediaId, [parent]: [{ ...image, childPosts }, ...edits] } });
  };
  const library = {
    videosOf,
    subscribe: store.subscribe,
    /** Resolves once what was persisted is taken in: a database answers late. */
    hydrated: () =>
      new Promise((done) => (store.persist.hasHydrated() ? done() : store.persist.onFinishHydration(done))),
    /** Every image that is known, also one of which only videos are left. */
    images() {
      const { imageByMediaId = {} } = store.getState();
      const parents = Object.values(slice()).flatMap(unpack).map((video) => video.parentPostId);
      const ids = new Set([...Object.keys(imageByMediaId), ...parents]);
      const awaited = (id) => imageByMediaId[id]?.[0]?.optimisticId === id;
      return [...ids].filter((id) => !awaited(id)).map((id) => imageByMediaId[id]?.[0] ?? { id, prompt: '', mediaUrl: '' });
    },
    isFavourite: (id) => Object.hasOwn(store.getState().favoritesById, id),
    /** An image begins a container; the one that was awaited under an invented id goes. */
    addImage(image) {
      store.setState(({ imageByMediaId: { [image.optimisticId]: awaited, ...others } }) => ({
        imageByMediaId: { ...others, [image.id]: [image] },
      }));
    },
    /** An edit of an image lies in the container of the image, after it. */
    addEdit(edit, container) {
      store.setState(({ imageByMediaId }) => ({
        imageByMediaId: { ...imageByMediaId, [container]: [...imageByMediaId[container], edit] },
      }));
    },
    addFavourite(favourite) {
      store.setState(({ favoritesById }) => ({ favoritesById: { ...favoritesById, [favourite.id]: favourite } }));
    },
    /** The key of the parent appears with an empty list; the record follows when the video is finished. */
    begin(video) {
      const listed = videosOf(video.parentPostId);
      setVideos(video.parentPostId, release.listsUnfinished ? [...listed, video] : listed);
    },
    /** A listed video that is under way shows how far it is. */
    advance(video, progress) {
      const parent = video.parentPostId;
      setVideos(parent, videosOf(parent).map((one) => (one.videoId === video.videoId ? { ...one, progress } : one)));
    },
    /** Of the refused attempts of an image only the latest is kept. */
    finish(video) {
      const kept = videosOf(video.parentPostId).filter(
        (other) => other.videoId !== video.videoId && !(video.moderated && other.moderated),
      );
      setVideos(video.parentPostId, [...kept, video]);
      setChildren(video.parentPostId);
    },
    /** Writes the store as it is: persist writes nothing before the first change. */
    write: () => store.setState({}),
    /** After a reload refused attempts are gone and finished videos are still there. */
    dropRefused() {
      for (const { id } of library.images()) {
        const videos = videosOf(id);
        if (!videos.some((video) => video.moderated)) continue;
        setVideos(id, videos.filter((video) => !video.moderated));
        setChildren(id);
      }
    },
  };
  return library;
}
