// What the extension derives from the site's list of attempts, and when each answer may be trusted.
//
// Every reader is as strict as the extension's own reading code, no stricter: where the extension tests truth, so does
// the reader; where it compares with ===, so does the reader. Most changes of the list do not make a reader throw, they
// make it count wrong. Each therefore has a guard, `trusts...`, that is true only while the list says what the reader
// takes it to say. A guard asks for nothing that its reader does not depend on.

const SECOND = 1000;
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === "string" && value !== "";
const isPlayable = (url) => typeof url === "string" && /^(?:https?:|blob:|data:|\/)/.test(url);
const isMissing = (value) => value === undefined || value === null;

// ---- readers

/** The attempts that have an id; holes are dropped. */
function attemptsOf(site, parent) {
  return (site.state?.videoByMediaId?.[parent] || []).filter((entry) => entry && entry.videoId);
}

/** A group has no order: its ids are sorted. */
export function videoGroup({ site, parent }) {
  return site ? attemptsOf(site, parent).map((entry) => entry.videoId).sort() : null;
}

export function creditsUsed({ site, parent }) {
  return site ? attemptsOf(site, parent).length : null;
}

/** Which videos there are, which were refused, and which can be played. */
function stateOf(attempts) {
  const idsOf = (entries) => entries.map((entry) => entry.videoId).sort();
  return {
    videos: idsOf(attempts),
    moderatedVideos: idsOf(attempts.filter((entry) => entry.moderated)),
    successfulVideos: idsOf(attempts.filter((entry) => !entry.moderated && entry.mediaUrl)),
  };
}

export function sessionState({ site, parent }) {
  return site ? stateOf(attemptsOf(site, parent)) : null;
}

/** How far one given video is, in percent. */
export function progressOfVideo({ site, video }) {
  const entries = Object.values(site?.state?.videoByMediaId ?? {}).flat();
  return entries.find((entry) => entry?.videoId === video)?.progress ?? null;
}

/** What the log says of each attempt, and the picture that stands for it. */
function detailsOf(attempts) {
  return attempts.map(({ videoId, mode, createTime, videoPrompt, thumbnailImageUrl }) => ({
    videoId,
    mode,
    at: new Date(createTime).getTime(),
    prompt: videoPrompt || "(empty)",
    picture: thumbnailImageUrl,
  }));
}

export function attemptDetails({ site, parent }) {
  return site ? detailsOf(attemptsOf(site, parent)) : null;
}

/** Every attempt that is listed, refused or not. */
export function videosGenerated({ site, parent }) {
  return site ? attemptsOf(site, parent).length : null;
}

/** Strict: only `moderated === true` keeps an attempt from counting. */
export function unmoderatedCount({ site, parent }) {
  return site ? attemptsOf(site, parent).filter((entry) => entry.moderated !== true).length : null;
}

/** By truth: the text "false" counts as moderated. */
export function moderatedCount({ site, parent }) {
  return site ? attemptsOf(site, parent).filter((entry) => entry.moderated).length : null;
}

export function successfulCount({ site, parent }) {
  return site ? attemptsOf(site, parent).filter((entry) => !entry.moderated && entry.mediaUrl).length : null;
}

/** The last entry is taken for the latest attempt; nothing checks the order. */
export function latestOutcome({ site, parent }) {
  const list = site?.state?.videoByMediaId?.[parent];
  if (!list?.length) return null;
  const last = list[list.length - 1];
  if (last.moderated === true) return "moderated";
  return last.mediaUrl && last.progress === 100 ? "success" : "unclear";
}

/** Looks in the image's own list, or in all lists where it has none; a time ahead of `now` counts as recent. */
export function recentVideo({ site, parent, now }) {
  const videos = site?.state?.videoByMediaId;
  if (!videos) return null;
  const lists = Array.isArray(videos[parent]) ? [videos[parent]] : Object.values(videos).filter(Array.isArray);
  const age = (entry) => Date.parse(now) - new Date(entry?.createTime).getTime();
  return lists.some((list) => list.some((entry) => age(entry) < 10 * SECOND));
}

export function videoProgress({ site, parent }) {
  if (!site) return null;
  const list = site.state?.videoByMediaId?.[parent] || [];
  return {
    completed: list.some((entry) => Boolean(entry?.moderated) || entry?.progress >= 100),
    running: list.some((entry) => entry?.progress > 0 && entry?.progress < 99),
  };
}

/** Walks all entries and drops no hole: a null entry is a TypeError, as in the extension. */
export function attemptOutcomes({ site, parent }) {
  if (!site) return null;
  const list = (site.state?.videoByMediaId || {})[parent] || [];
  const moderated = list.filter((entry) => entry.moderated === true).length;
  return { moderated, generated: list.length - moderated };
}

/** The id itself where it is a key of the map, else the key of the first list that names it. */
export function parentImageOfVideo({ site, video }) {
  const videos = site?.state?.videoByMediaId;
  if (!videos || typeof videos !== "object") return null;
  if (video in videos) return video;
  return holdersOf(videos, video)[0]?.[0] ?? null;
}

function holdersOf(videos, video) {
  const names = (entry) => isRecord(entry) && [entry.videoId, entry.id, entry.parentPostId].includes(video);
  return Object.entries(videos).filter(([, list]) => Array.isArray(list) && list.some(names));
}

const ANY_ID = ["id", "videoId", "videoPostId", "itemId", "parentPostId", "originalPostId"];

/** The image whose session a page shows: by any id that an attempt has, then by the images, at last the page itself. */
export function imageOfSession({ site, video }) {
  const videos = site?.state?.videoByMediaId;
  if (!videos || typeof videos !== "object") return null;
  if (video in videos) return video;
  const named = (entry) => isRecord(entry) && ANY_ID.some((name) => entry[name] === video);
  return Object.entries(videos).find(([, list]) => Array.isArray(list) && list.some(named))?.[0] ?? video;
}

/** As the hook that ships: the image is found through its videos, by their `videoId` alone, and each part by itself. */
export function storageOfPage({ site, video }) {
  const videos = site?.state?.videoByMediaId;
  if (!videos || typeof videos !== "object") return null;
  const lists = Object.entries(videos).filter(([, list]) => Array.isArray(list));
  const parent = video in videos ? video : lists.find(([, list]) => list.some((entry) => entry?.videoId === video))?.[0];
  if (!parent) return null;
  const image = site.state.imageByMediaId?.[parent]?.[0];
  return {
    parent,
    videos: videoGroup({ site, parent }),
    moderated: moderatedCount({ site, parent }),
    successful: successfulCount({ site, parent }),
    prompt: image?.originalPrompt || image?.prompt || null,
  };
}

/** The items that the image of a container holds: its videos, where the site repeats them there as whole records. */
function childrenOf(site, parent) {
  const children = site?.state?.imageByMediaId?.[parent]?.[0]?.childPosts;
  return Array.isArray(children) && children.length > 0 && children.every(isRecord) ? children : null;
}

export function sessionStateOfChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  return children && stateOf(children);
}

export function detailsOfChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  return children && detailsOf(children);
}

function parentAmongChildren(site, video) {
  const parents = Object.keys(site?.state?.imageByMediaId ?? {});
  return parents.find((parent) => childrenOf(site, parent)?.some((child) => child.videoId === video)) ?? null;
}

export function progressOfChild({ site, video }) {
  const children = childrenOf(site, parentAmongChildren(site, video));
  return children?.find((child) => child.videoId === video).progress ?? null;
}

export function storageOfChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  if (!children) return null;
  const [image] = site.state.imageByMediaId[parent];
  const { videos, moderatedVideos, successfulVideos } = stateOf(children);
  return {
    videosGenerated: videos.length,
    creditsUsed: videos.length,
    moderatedCount: moderatedVideos.length,
    successfulCount: successfulVideos.length,
    videoGroup: videos,
    originalImagePrompt: image.originalPrompt,
    parentImageUrl: image.mediaUrl,
  };
}

export function pageOfChildren({ site, video }) {
  const parent = parentAmongChildren(site, video);
  if (!parent) return null;
  const { videos, moderatedVideos, successfulVideos } = sessionStateOfChildren({ site, parent });
  const [image] = site.state.imageByMediaId[parent];
  return {
    parent,
    videos,
    moderated: moderatedVideos.length,
    successful: successfulVideos.length,
    prompt: image.originalPrompt,
  };
}

/** A live session is reset when its image is no longer a key of the map; without a map the decision is put off. */
export function activeSessionIsStale({ site, sessions }) {
  const active = sessions?.state?.activeSessionMediaId;
  const videos = site?.state?.videoByMediaId;
  if (!active || !videos || typeof videos !== "object") return null;
  return !(active in videos);
}

// ---- fallback sources in the same store

/** The address of the image as its videos repeat it. */
export function imageReferenceOfVideos({ site, parent }) {
  return attemptsOf(site, parent).find((entry) => isText(entry.imageReference))?.imageReference ?? null;
}

/** Attempts that name the image themselves, under whatever key they are listed. */
function attemptsNaming(site, parent) {
  const isOurs = (entry, key) => isRecord(entry) && (entry.parentPostId ?? key) === parent;
  const ours = ([key, list]) => (Array.isArray(list) ? list.filter((entry) => isOurs(entry, key)) : []);
  return endedOf(Object.entries(site?.state?.videoByMediaId ?? {}).flatMap(ours));
}

/** A time in milliseconds, in whatever form: an epoch in s, ms or us, or ISO 8601, in UTC where it names no zone. */
function instantOf(time) {
  if (typeof time === "number") return time < 1e11 ? time * SECOND : time < 1e14 ? time : time / SECOND;
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:?\d\d)?$/.exec(time);
  return iso ? Date.parse(iso[1] ? time : `${time}Z`) : Number.NaN;
}

/** As `recentVideo`, for the attempts that name the image; a time ahead of `now` must be as near. */
export function recentVideoByName({ site, parent, now }) {
  const distance = (entry) => Math.abs(Date.parse(now) - instantOf(entry.createTime));
  return attemptsNaming(site, parent).some((entry) => distance(entry) < 10 * SECOND);
}

function newestNaming(site, parent) {
  const later = (one, two) => (instantOf(two.createTime) < instantOf(one.createTime) ? one : two);
  return attemptsNaming(site, parent).reduce((one, two) => (one ? later(one, two) : two), null);
}

/** How the newest attempt that names the image ended, by its address alone. */
export function newestOutcome({ site, parent }) {
  const newest = newestNaming(site, parent);
  return newest && (newest.mediaUrl ? "success" : "moderated");
}

// ---- guards

/** A list of records that belong to the image of this key. Re-keying shows in `parentPostId` or in a video's id. */
function isListOf(key, list) {
  const belongs = (entry) => (!isText(entry.parentPostId) || entry.parentPostId === key) && entry.videoId !== key;
  return Array.isArray(list) && list.every((entry) => entry === null || (isRecord(entry) && belongs(entry)));
}

/** Only attempts can prove what the keys are: some list has one, and none of them speaks against its key. */
function isKeyedByImages(videos) {
  const lists = Object.entries(videos);
  return lists.some(([, list]) => list.length > 0) && lists.every(([key, list]) => isListOf(key, list));
}

/**
 * The attempts of this image (without holes), if the list still is what it was, else null.
 * No list for an image that the site knows is the legitimate state before its first attempt; then the other lists have
 * to prove that the map still is keyed by images. An empty map proves nothing: a lost one looks the same.
 */
function wholeAttempts(site, parent) {
  const videos = site?.state?.videoByMediaId;
  if (!isRecord(videos)) return null;
  if (parent in videos) return isListOf(parent, videos[parent]) ? videos[parent].filter(Boolean) : null;
  const images = site.state.imageByMediaId;
  const known = isRecord(images) && parent in images;
  return known && isKeyedByImages(videos) ? [] : null;
}

/** The attempts that have ended; a progress that is not a number cannot say otherwise. */
function endedOf(attempts) {
  // A site that counts from 0 to 1 never exceeds 1; then 1 is the end, unless the attempt shows no result at all.
  const percent = attempts.some((entry) => entry.progress > 1);
  const hasResult = (entry) => entry.mediaUrl !== "" || entry.moderated !== false;
  const hasEnded = (entry) => entry.progress >= 100 || (!percent && entry.progress === 1 && hasResult(entry));
  return attempts.filter((entry) => typeof entry.progress !== "number" || hasEnded(entry));
}

/** The attempts as far as any reader may trust them, else null: no reader expects an unfinished one in the list. */
function trustedAttempts(site, parent) {
  const attempts = wholeAttempts(site, parent);
  return attempts && endedOf(attempts).length === attempts.length ? attempts : null;
}

/** A number tells attempts apart as well as a text does; where the id itself is the answer, the result's type speaks. */
function allDiffer(ids) {
  return ids.every((id) => isText(id) || typeof id === "number") && new Set(ids).size === ids.length;
}

function identifiedAttempts(site, parent) {
  const attempts = trustedAttempts(site, parent);
  return attempts && allDiffer(attempts.map((entry) => entry.videoId)) ? attempts : null;
}

/** True while the address does not speak against the flag: moderated attempts have none, the others have one. */
function agreesWithUrl(entry) {
  if (typeof entry.mediaUrl !== "string") return true;
  return entry.moderated ? !isPlayable(entry.mediaUrl) : entry.mediaUrl !== "";
}

/** An omitted flag means "not moderated", but only an address proves that the flag was not just renamed. */
function hasStrictFlag(entry) {
  if (isMissing(entry.moderated)) return isPlayable(entry.mediaUrl);
  return typeof entry.moderated === "boolean" && agreesWithUrl(entry);
}

/** As above for readers that test truth: 0 and 1 do as well, text and objects never. */
function hasTruthyFlag(entry) {
  return hasStrictFlag(entry) || ((entry.moderated === 0 || entry.moderated === 1) && agreesWithUrl(entry));
}

export function trustsIds({ site, parent }) {
  return identifiedAttempts(site, parent) !== null;
}

export function trustsStrictFlags({ site, parent }) {
  return Boolean(identifiedAttempts(site, parent)?.every(hasStrictFlag));
}

export function trustsFlags({ site, parent }) {
  return Boolean(identifiedAttempts(site, parent)?.every(hasTruthyFlag));
}

export function trustsResults({ site, parent }) {
  const told = (entry) => hasTruthyFlag(entry) && Boolean(entry.moderated || entry.mediaUrl);
  return Boolean(identifiedAttempts(site, parent)?.every(told));
}

/** Only the last entry is judged, and it has to be the newest; without any there is no answer. */
export function trustsLatest({ site, parent }) {
  const attempts = trustedAttempts(site, parent);
  const last = attempts?.at(-1);
  if (!last || !hasStrictFlag(last)) return false;
  const times = attempts.map((entry) => instantOf(entry.createTime));
  const newest = times.every((time) => !(time > times.at(-1)));
  return newest && (last.moderated === true || (Boolean(last.mediaUrl) && last.progress === 100));
}

function areDated(attempts) {
  return attempts.length > 0 && attempts.every((entry) => Number.isFinite(instantOf(entry.createTime)));
}

/** An empty address means "moderated" unless the flag denies it. */
export function trustsNewest({ site, parent }) {
  const newest = newestNaming(site, parent);
  const told = isPlayable(newest?.mediaUrl) || (newest?.mediaUrl === "" && newest.moderated !== false);
  return told && areDated(attemptsNaming(site, parent));
}

export function trustsTimesByName({ site, parent }) {
  return areDated(attemptsNaming(site, parent));
}

export function trustsTimes({ site, parent }) {
  return Boolean(trustedAttempts(site, parent)?.every((entry) => isInstant(entry.createTime)));
}

/** A time that means the same in every zone: ISO 8601 with its zone, or epoch milliseconds (2001 to 2286). */
function isInstant(time) {
  if (typeof time === "number") return time >= 1e12 && time < 1e13;
  const full = typeof time === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/.test(time);
  return full && Number.isFinite(Date.parse(time));
}

export function trustsProgress({ site, parent }) {
  return Boolean(trustedAttempts(site, parent)?.every((entry) => entry.progress >= 100));
}

/**
 * Holes do not matter here: they make the reader throw, which is answer enough. Ids do, though the sum hides them:
 * the extension counts an attempt without any id again on every load.
 */
export function trustsOutcomes({ site, parent }) {
  const attempts = trustedAttempts(site, parent);
  if (!attempts) return false;
  const ids = attempts.map((entry) => entry.id ?? entry.videoId ?? entry.videoPostId ?? entry.itemId);
  return allDiffer(ids) && attempts.every(hasStrictFlag);
}

/** One list at most names the video, and it lies under an image that the site knows (where it lists any). */
export function trustsParent({ site, video }) {
  const { videoByMediaId: videos, imageByMediaId: images } = site.state;
  if (!isRecord(videos)) return false;
  if (video in videos) return isListOf(video, videos[video]);
  const holders = holdersOf(videos, video);
  if (holders.length > 1 || !holders.every(([key, list]) => isListOf(key, list))) return false;
  const empty = !isRecord(images) || Object.keys(images).length === 0;
  return empty || holders.every(([key]) => key in images);
}

/** "Stale" costs the user the session, so the map has to prove that it still is keyed by images. */
export function trustsKeys({ site, sessions }) {
  const videos = site?.state?.videoByMediaId;
  const active = sessions?.state?.activeSessionMediaId;
  if (!isRecord(videos) || !isText(active)) return false; // without an active session there is nothing to say
  if (active in videos) return true;
  return isKeyedByImages(videos);
}

/** A list that names the page has to lie under an image that the map still is keyed by; a page of its own proves nothing. */
export function trustsSession({ site, video }) {
  const parent = imageOfSession({ site, video });
  return Boolean(parent) && (parent !== video || video in site.state.videoByMediaId) && trustsParent({ site, video });
}

/** As `trustsResults`, for an answer that holds the ids themselves. */
export function trustsNamedResults({ site, parent }) {
  const named = identifiedAttempts(site, parent)?.every((entry) => isText(entry.videoId));
  return Boolean(named) && trustsResults({ site, parent });
}

/** One list holds the video, and all of that list has ended, in percent. */
export function trustsProgressOf({ site, video }) {
  const holders = holdersOf(site?.state?.videoByMediaId ?? {}, video);
  return holders.length === 1 && trustsProgress({ site, parent: holders[0][0] });
}

function areOldestFirst(attempts) {
  const times = attempts.map((entry) => instantOf(entry.createTime));
  return times.every((time, at) => at === 0 || times[at - 1] <= time);
}

/** An attempt without a text of its own is of the mode "normal". */
function isDetailed({ videoId, mode, createTime, videoPrompt }) {
  const prompted = mode === "normal" ? videoPrompt === "" : isText(mode) && isText(videoPrompt);
  return prompted && isText(videoId) && isInstant(createTime);
}

/** A refused attempt may have no picture, where another one shows that pictures are still kept here. */
function arePictured(attempts) {
  const isKept = ({ thumbnailImageUrl: picture }) => isText(picture) && !/^(?:blob|data):/.test(picture);
  const isLeft = (entry) => entry.thumbnailImageUrl === "" && entry.moderated === true;
  return attempts.every((entry) => isKept(entry) || isLeft(entry)) && (attempts.length === 0 || attempts.some(isKept));
}

export function trustsDetails({ site, parent }) {
  const attempts = identifiedAttempts(site, parent);
  return Boolean(attempts) && attempts.every(isDetailed) && arePictured(attempts) && areOldestFirst(attempts);
}

/** The image as the hooks read it; without `originalPrompt` they would show the site's rewritten prompt for the user's own. */
function hasPromptedImage(site, parent) {
  const image = site.state.imageByMediaId?.[parent]?.[0];
  return isRecord(image) && (!isText(image.id) || image.id === parent) && isText(image.originalPrompt);
}

/** The children belong to the image, differ, have ended, and say whether they were refused. */
export function trustsChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  const told = (child) => isText(child.videoId) && child.parentPostId === parent && child.progress === 100 && hasStrictFlag(child);
  return Boolean(children) && allDiffer(children.map((child) => child.videoId)) && children.every(told);
}

export function trustsDetailsOfChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  return trustsChildren({ site, parent }) && children.every(isDetailed) && arePictured(children) && areOldestFirst(children);
}

export function trustsStorageOfChildren({ site, parent }) {
  const address = site?.state?.imageByMediaId?.[parent]?.[0]?.mediaUrl ?? "";
  return trustsChildren({ site, parent }) && hasPromptedImage(site, parent) && /^https?:\/\//.test(address);
}

export function trustsProgressOfChild({ site, video }) {
  return trustsChildren({ site, parent: parentAmongChildren(site, video) });
}

export function trustsPageOfChildren({ site, video }) {
  const parent = parentAmongChildren(site, video);
  return trustsChildren({ site, parent }) && hasPromptedImage(site, parent);
}

export function trustsStorage({ site, parent }) {
  const address = site?.state?.imageByMediaId?.[parent]?.[0]?.mediaUrl ?? "";
  return trustsNamedResults({ site, parent }) && hasPromptedImage(site, parent) && /^https?:\/\//.test(address);
}

export function trustsPage({ site, video }) {
  const parent = parentImageOfVideo({ site, video });
  if (!parent || !trustsParent({ site, video })) return false;
  return trustsNamedResults({ site, parent }) && hasPromptedImage(site, parent);
}

export function trustsImageReference({ site, parent }) {
  const address = imageReferenceOfVideos({ site, parent }) ?? "";
  return isListOf(parent, site.state.videoByMediaId[parent]) && /^https?:\/\//.test(address);
}
