// What the extension derives from the site's map of images, its favourites, and when each answer may be trusted.

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === "string" && value !== "";
const isAddress = (value) => typeof value === "string" && /^https?:\/\//.test(value);

/** The first record of the image's list; an object instead of the list has no record 0 and gives null. */
function imageOf(site, parent) {
  return site?.state?.imageByMediaId?.[parent]?.[0] || null;
}

export function originalImagePrompt({ site, parent }) {
  const image = imageOf(site, parent);
  return image && (image.originalPrompt || image.prompt);
}

export function parentImageUrl({ site, parent }) {
  return imageOf(site, parent)?.mediaUrl ?? null;
}

/** What the summary of a session shows of its image: what it was made from, and where it lies. */
export function sessionSummary({ site, parent }) {
  const image = imageOf(site, parent);
  return image && { originalImagePrompt: image.originalPrompt || image.prompt, parentImageUrl: image.mediaUrl };
}

// ---- fallback sources in the same store

export function favouritePrompt({ site, parent }) {
  const image = site?.state?.favoritesById?.[parent];
  return image ? image.originalPrompt || image.prompt : null;
}

export function favouriteSummary({ site, parent }) {
  const image = site?.state?.favoritesById?.[parent];
  return image ? { originalImagePrompt: image.originalPrompt || image.prompt, parentImageUrl: image.mediaUrl } : null;
}

export function favouriteUrl({ site, parent }) {
  return site?.state?.favoritesById?.[parent]?.mediaUrl ?? null;
}

/** The id of a child post, which is an item of its own, or its id alone. */
const childId = (child) => (isRecord(child) ? (child.videoId ?? child.id) : child);

function childIds(image) {
  return Array.isArray(image?.childPosts) ? image.childPosts.map(childId) : [];
}

/** The ids of the videos as the image repeats them; an empty list says nothing, for the site often leaves it empty. */
export function childPosts({ site, parent }) {
  const ids = childIds(imageOf(site, parent));
  return ids.length > 0 ? ids.sort() : null;
}

export function parentOfChildPost({ site, video }) {
  const named = ([, list]) => Array.isArray(list) && isRecord(list[0]) && childIds(list[0]).includes(video);
  return Object.entries(site?.state?.imageByMediaId ?? {}).find(named)?.[0] ?? null;
}

/** True where the active session's image is unknown to the site altogether. */
export function activeImageIsGone({ site, sessions }) {
  const active = sessions?.state?.activeSessionMediaId;
  const images = site?.state?.imageByMediaId;
  return isText(active) && isRecord(images) ? !(active in images) : null;
}

// ---- guards

/** A record that repeats the id it is asked for; a record without an id cannot speak against its key. */
function isImage(image, parent) {
  return isRecord(image) && (!isText(image.id) || image.id === parent);
}

/** Without `originalPrompt` the reader shows the site's rewritten prompt for the user's own. */
function hasPrompt(image) {
  return isText(image.originalPrompt);
}

export function trustsPrompt({ site, parent }) {
  const image = imageOf(site, parent);
  return isImage(image, parent) && hasPrompt(image);
}

export function trustsUrl({ site, parent }) {
  const image = imageOf(site, parent);
  return isImage(image, parent) && isAddress(image.mediaUrl);
}

export function trustsSummary({ site, parent }) {
  return trustsPrompt({ site, parent }) && trustsUrl({ site, parent });
}

export function trustsFavouritePrompt({ site, parent }) {
  const image = site.state.favoritesById[parent];
  return isImage(image, parent) && hasPrompt(image);
}

export function trustsFavouriteUrl({ site, parent }) {
  const image = site.state.favoritesById[parent];
  return isImage(image, parent) && isAddress(image.mediaUrl);
}

export function trustsFavouriteSummary({ site, parent }) {
  return trustsFavouritePrompt({ site, parent }) && trustsFavouriteUrl({ site, parent });
}

export function trustsChildPosts({ site, parent }) {
  const image = imageOf(site, parent);
  const ids = childIds(image);
  return isImage(image, parent) && new Set(ids).size === ids.length && ids.every(isText);
}

export function trustsImageKeys({ site }) {
  const lists = Object.entries(site.state.imageByMediaId);
  // The container's own image comes first, its edits after it.
  const areKeyed = ([key, list]) => Array.isArray(list) && (list.length === 0 || isImage(list[0], key));
  return lists.length > 0 && lists.every(areKeyed);
}
