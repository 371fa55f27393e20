// What the extension derives from the site's map of images, its favourites, and when each answer may be trusted.

const isList = Array.isArray;
const isRecord = (value) => typeof value === "object" && value !== null && !isList(value);
const isText = (value) => typeof value === "string" && value !== "";
const isAddress = (value) => typeof value === "string" && /^https?:\/\//.test(value);

/** The first record of the image's list; an object instead of the list has no record 0 and gives null. */
const imageOf = (site, parent) => site?.state?.imageByMediaId?.[parent]?.[0] || null;
const favouriteOf = (site, parent) => site?.state?.favoritesById?.[parent];

const promptOf = (image) => image.originalPrompt || image.prompt;

/** What the summary of a session shows of its image: what it was made from, and where it lies. */
const summaryOf = (image) => ({ originalImagePrompt: promptOf(image), parentImageUrl: image.mediaUrl });

export function originalImagePrompt({ site, parent }) {
  const image = imageOf(site, parent);
  return image && promptOf(image);
}

export const parentImageUrl = ({ site, parent }) => imageOf(site, parent)?.mediaUrl ?? null;

export function sessionSummary({ site, parent }) {
  const image = imageOf(site, parent);
  return image && summaryOf(image);
}

// ---- fallback sources in the same store

export function favouritePrompt({ site, parent }) {
  const image = favouriteOf(site, parent);
  return image ? promptOf(image) : null;
}

export function favouriteSummary({ site, parent }) {
  const image = favouriteOf(site, parent);
  return image ? summaryOf(image) : null;
}

export const favouriteUrl = ({ site, parent }) => favouriteOf(site, parent)?.mediaUrl ?? null;

/** The id of a child post, which is an item of its own, or its id alone. */
const childId = (child) => (isRecord(child) ? (child.videoId ?? child.id) : child);

const childIds = (image) => (isList(image?.childPosts) ? image.childPosts.map(childId) : []);

/** The ids of the videos as the image repeats them; an empty list says nothing, for the site often leaves it empty. */
export function childPosts({ site, parent }) {
  const ids = childIds(imageOf(site, parent));
  return ids.length > 0 ? ids.sort() : null;
}

export function parentOfChildPost({ site, video }) {
  const named = ([, list]) => isList(list) && isRecord(list[0]) && childIds(list[0]).includes(video);
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
const isImage = (image, parent) => isRecord(image) && (!isText(image.id) || image.id === parent);

/** Without `originalPrompt` the reader shows the site's rewritten prompt for the user's own. */
const hasPrompt = (image, parent) => isImage(image, parent) && isText(image.originalPrompt);

const hasUrl = (image, parent) => isImage(image, parent) && isAddress(image.mediaUrl);

const hasSummary = (image, parent) => hasPrompt(image, parent) && hasUrl(image, parent);

export const trustsPrompt = ({ site, parent }) => hasPrompt(imageOf(site, parent), parent);

export const trustsUrl = ({ site, parent }) => hasUrl(imageOf(site, parent), parent);

export const trustsSummary = ({ site, parent }) => hasSummary(imageOf(site, parent), parent);

export const trustsFavouritePrompt = ({ site, parent }) => hasPrompt(site.state.favoritesById[parent], parent);

export const trustsFavouriteUrl = ({ site, parent }) => hasUrl(site.state.favoritesById[parent], parent);

export const trustsFavouriteSummary = ({ site, parent }) => hasSummary(site.state.favoritesById[parent], parent);

export function trustsChildPosts({ site, parent }) {
  const image = imageOf(site, parent);
  const ids = childIds(image);
  return isImage(image, parent) && new Set(ids).size === ids.length && ids.every(isText);
}

export function trustsImageKeys({ site }) {
  const lists = Object.entries(site.state.imageByMediaId);
  // The container's own image comes first, its edits after it.
  const areKeyed = ([key, list]) => isList(list) && (list.length === 0 || isImage(list[0], key));
  return lists.length > 0 && lists.every(areKeyed);
}
