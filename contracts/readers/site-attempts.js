// What the extension derives from the site's list of attempts, and when each answer may be trusted.
//
// Every reader is as strict as the extension's own reading code, no stricter: where the extension tests truth, so does
// the reader; where it compares with ===, so does the reader. Most changes of the list do not make a reader throw, they
// make it count wrong. Each therefore has a guard, `trusts...`, that is true only while the list says what the reader
// takes it to say. A guard asks for nothing that its reader does not depend on.

const SECOND = 1000;
const isList = Array.isArray;
const isRecord = (value) => typeof value === "object" && value !== null && !isList(value);
const isText = (value) => typeof value === "string" && value !== "";
const isPlayable = (url) => typeof url === "string" && /^((https?|blob|data):|\/)/.test(url);
const isAddress = (url) => /^https?:\/\//.test(url ?? "");

const videosOf = (site) => site?.state?.videoByMediaId;
const imageOf = (site, parent) => site?.state?.imageByMediaId?.[parent]?.[0];

// ---- readers

/** The attempts that have an id; holes are dropped. */
const attemptsOf = (site, parent) => (site.state?.videoByMediaId?.[parent] || []).filter((entry) => entry && entry.videoId);

const idsOf = (attempts) => attempts.map((entry) => entry.videoId);
const moderatedAmong = (attempts) => attempts.filter((entry) => entry.moderated);
const successfulAmong = (attempts) => attempts.filter((entry) => !entry.moderated && entry.mediaUrl);

/** A group has no order: its ids are sorted. */
const groupOf = (attempts) => idsOf(attempts).sort();

/** Which videos there are, which were refused, and which can be played. */
const stateOf = (attempts) => ({
  videos: groupOf(attempts),
  moderatedVideos: groupOf(moderatedAmong(attempts)),
  successfulVideos: groupOf(successfulAmong(attempts)),
});

export const videoGroup = ({ site, parent }) => (site ? groupOf(attemptsOf(site, parent)) : null);

/** Every attempt that is listed, refused or not. */
export const videosGenerated = ({ site, parent }) => (site ? attemptsOf(site, parent).length : null);

export const creditsUsed = videosGenerated;

export const sessionState = ({ site, parent }) => (site ? stateOf(attemptsOf(site, parent)) : null);

/** How far one given video is, in percent. */
export const progressOfVideo = ({ site, video }) =>
  Object.values(videosOf(site) ?? {})
    .flat()
    .find((entry) => entry?.videoId === video)?.progress ?? null;

/** What the log says of each attempt, and the picture that stands for it. */
const detailsOf = (attempts) =>
  attempts.map(({ videoId, mode, createTime, videoPrompt, thumbnailImageUrl }) => ({
    videoId,
    mode,
    at: new Date(createTime).getTime(),
    prompt: videoPrompt || "(empty)",
    picture: thumbnailImageUrl,
  }));

export const attemptDetails = ({ site, parent }) => (site ? detailsOf(attemptsOf(site, parent)) : null);

/** Strict: only `moderated === true` keeps an attempt from counting. */
export const unmoderatedCount = ({ site, parent }) =>
  site ? attemptsOf(site, parent).filter((entry) => entry.moderated !== true).length : null;

/** By truth: the text "false" counts as moderated. */
export const moderatedCount = ({ site, parent }) => (site ? moderatedAmong(attemptsOf(site, parent)).length : null);

export const successfulCount = ({ site, parent }) => (site ? successfulAmong(attemptsOf(site, parent)).length : null);

/** The last entry is taken for the latest attempt; nothing checks the order. */
export function latestOutcome({ site, parent }) {
  const list = videosOf(site)?.[parent];
  if (!list?.length) return null;
  const last = list[list.length - 1];
  if (last.moderated === true) return "moderated";
  return last.mediaUrl && last.progress === 100 ? "success" : "unclear";
}

/** Looks in the image's own list, or in all lists where it has none; a time ahead of `now` counts as recent. */
export function recentVideo({ site, parent, now }) {
  const videos = videosOf(site);
  if (!videos) return null;
  const lists = isList(videos[parent]) ? [videos[parent]] : Object.values(videos).filter(isList);
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

/** The lists with their keys of which some entry, a hole among them, is what is asked for. */
const listsWith = (videos, isAsked) => Object.entries(videos).filter(([, list]) => isList(list) && list.some(isAsked));

const holdersOf = (videos, video) =>
  listsWith(videos, (entry) => isRecord(entry) && [entry.videoId, entry.id, entry.parentPostId].includes(video));

/** The id itself where it is a key of the map, else the key of the first list that `holders` finds. */
function parentBy(site, video, holders) {
  const videos = videosOf(site);
  if (!videos || typeof videos !== "object") return null;
  return video in videos ? video : (holders(videos, video)[0]?.[0] ?? null);
}

export const parentImageOfVideo = ({ site, video }) => parentBy(site, video, holdersOf);

const ANY_ID = ["id", "videoId", "videoPostId", "itemId", "parentPostId", "originalPostId"];

/** The image whose session a page shows: by any id that an attempt has, then by the images, at last the page itself. */
export function imageOfSession({ site, video }) {
  const named = (entry) => isRecord(entry) && ANY_ID.some((name) => entry[name] === video);
  const page = [video, []];
  return parentBy(site, video, (videos) => [...listsWith(videos, named), page]);
}

/** As the hook that ships: the image is found through its videos, by their `videoId` alone, and each part by itself. */
export function storageOfPage({ site, video }) {
  const parent = parentBy(site, video, (videos) => listsWith(videos, (entry) => entry?.videoId === video));
  if (!parent) return null;
  const image = imageOf(site, parent);
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
  const children = imageOf(site, parent)?.childPosts;
  return isList(children) && children.length > 0 && children.every(isRecord) ? children : null;
}

export function sessionStateOfChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  return children && stateOf(children);
}

export function detailsOfChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  return children && detailsOf(children);
}

const parentAmongChildren = (site, video) =>
  Object.keys(site?.state?.imageByMediaId ?? {}).find((parent) =>
    childrenOf(site, parent)?.some((child) => child.videoId === video),
  ) ?? null;

export const progressOfChild = ({ site, video }) =>
  childrenOf(site, parentAmongChildren(site, video))?.find((child) => child.videoId === video).progress ?? null;

export function storageOfChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  if (!children) return null;
  const image = imageOf(site, parent);
  return {
    videosGenerated: children.length,
    creditsUsed: children.length,
    moderatedCount: moderatedAmong(children).length,
    successfulCount: successfulAmong(children).length,
    videoGroup: groupOf(children),
    originalImagePrompt: image.originalPrompt,
    parentImageUrl: image.mediaUrl,
  };
}

export function pageOfChildren({ site, video }) {
  const parent = parentAmongChildren(site, video);
  if (!parent) return null;
  const children = childrenOf(site, parent);
  return {
    parent,
    videos: groupOf(children),
    moderated: moderatedAmong(children).length,
    successful: successfulAmong(children).length,
    prompt: imageOf(site, parent).originalPrompt,
  };
}

/** A live session is reset when its image is no longer a key of the map; without a map the decision is put off. */
export function activeSessionIsStale({ site, sessions }) {
  const active = sessions?.state?.activeSessionMediaId;
  const videos = videosOf(site);
  if (!active || !videos || typeof videos !== "object") return null;
  return !(active in videos);
}

// ---- fallback sources in the same store

/** The address of the image as its videos repeat it. */
export const imageReferenceOfVideos = ({ site, parent }) =>
  attemptsOf(site, parent).find((entry) => isText(entry.imageReference))?.imageReference ?? null;

/** Attempts that name the image themselves, under whatever key they are listed. */
const attemptsNaming = (site, parent) =>
  endedOf(
    Object.entries(videosOf(site) ?? {}).flatMap(([key, list]) =>
      isList(list) ? list.filter((entry) => isRecord(entry) && (entry.parentPostId ?? key) === parent) : [],
    ),
  );

/** A time in milliseconds, in whatever form: an epoch in s, ms or us, or ISO 8601, in UTC where it names no zone. */
function instantOf(time) {
  if (typeof time === "number") return time < 1e11 ? time * SECOND : time < 1e14 ? time : time / SECOND;
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:?\d\d)?$/.exec(time);
  return Date.parse(iso ? iso[0] + (iso[1] ? "" : "Z") : ""); // nothing is no time
}

const instantsOf = (attempts) => attempts.map((entry) => instantOf(entry.createTime));

/** As `recentVideo`, for the attempts that name the image; a time ahead of `now` must be as near. */
export const recentVideoByName = ({ site, parent, now }) =>
  instantsOf(attemptsNaming(site, parent)).some((time) => Math.abs(Date.parse(now) - time) < 10 * SECOND);

const newestOf = (attempts) =>
  attempts.reduce((one, two) => (one && instantOf(two.createTime) < instantOf(one.createTime) ? one : two), null);

/** How the newest attempt that names the image ended, by its address alone. */
export function newestOutcome({ site, parent }) {
  const newest = newestOf(attemptsNaming(site, parent));
  return newest && (newest.mediaUrl ? "success" : "moderated");
}

// ---- guards

/** Whether a record names another image than that of this key, or its video as the image. */
const isStranger = ({ parentPostId, videoId }, key) => (isText(parentPostId) && parentPostId !== key) || videoId === key;

/** A list of records that belong to the image of this key: re-keying shows in them. */
const isListOf = (key, list) =>
  isList(list) && list.every((entry) => entry === null || (isRecord(entry) && !isStranger(entry, key)));

/** Only attempts can prove what the keys are: some list has one, and none of them speaks against its key. */
const isKeyedByImages = (videos) =>
  Object.values(videos).some((list) => list.length > 0) && Object.entries(videos).every((keyed) => isListOf(...keyed));

/**
 * The attempts of this image (without holes), if the list still is what it was, else null.
 * No list for an image that the site knows is the legitimate state before its first attempt; then the other lists have
 * to prove that the map still is keyed by images. An empty map proves nothing: a lost one looks the same.
 */
function wholeAttempts(site, parent) {
  const videos = videosOf(site);
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
  return attempts.filter(
    (entry) =>
      typeof entry.progress !== "number" ||
      entry.progress >= 100 ||
      (!percent && entry.progress === 1 && (entry.mediaUrl !== "" || entry.moderated !== false)),
  );
}

/** The attempts as far as any reader may trust them, else null: no reader expects an unfinished one in the list. */
function trustedAttempts(site, parent) {
  const attempts = wholeAttempts(site, parent);
  return attempts && endedOf(attempts).length === attempts.length ? attempts : null;
}

/** A number tells attempts apart as well as a text does; where the id itself is the answer, the result's type speaks. */
const allDiffer = (ids) => ids.every((id) => isText(id) || typeof id === "number") && new Set(ids).size === ids.length;

function identifiedAttempts(site, parent) {
  const attempts = trustedAttempts(site, parent);
  return attempts && allDiffer(idsOf(attempts)) ? attempts : null;
}

/** True while the address does not speak against the flag: moderated attempts have none, the others have one. */
const agreesWithUrl = (moderated, mediaUrl) =>
  typeof mediaUrl !== "string" || (moderated ? !isPlayable(mediaUrl) : mediaUrl !== "");

/** An omitted flag means "not moderated", but only an address proves that the flag was not just renamed. */
const hasStrictFlag = ({ moderated, mediaUrl }) =>
  moderated === undefined || moderated === null
    ? isPlayable(mediaUrl)
    : typeof moderated === "boolean" && agreesWithUrl(moderated, mediaUrl);

/** As above for readers that test truth: 0 and 1 do as well, text and objects never. */
const hasTruthyFlag = (entry) =>
  hasStrictFlag(entry) || ([0, 1].includes(entry.moderated) && agreesWithUrl(entry.moderated, entry.mediaUrl));

/** Whether there are attempts that may be trusted, and each is as it has to be. */
const areAll = (attempts, isRight) => Boolean(attempts?.every(isRight));

export const trustsIds = ({ site, parent }) => identifiedAttempts(site, parent) !== null;

export const trustsStrictFlags = ({ site, parent }) => areAll(identifiedAttempts(site, parent), hasStrictFlag);

export const trustsFlags = ({ site, parent }) => areAll(identifiedAttempts(site, parent), hasTruthyFlag);

const hasResult = (entry) => hasTruthyFlag(entry) && Boolean(entry.moderated || entry.mediaUrl);

export const trustsResults = ({ site, parent }) => areAll(identifiedAttempts(site, parent), hasResult);

/** Only the last entry is judged, and it has to be the newest; without any there is no answer. */
export function trustsLatest({ site, parent }) {
  const attempts = trustedAttempts(site, parent);
  const last = attempts?.at(-1);
  if (!last || !hasStrictFlag(last)) return false;
  const times = instantsOf(attempts);
  const newest = times.every((time) => !(time > times.at(-1)));
  return newest && (last.moderated === true || (Boolean(last.mediaUrl) && last.progress === 100));
}

const areDated = (attempts) => attempts.length > 0 && instantsOf(attempts).every(Number.isFinite);

/** An empty address means "moderated" unless the flag denies it. */
export function trustsNewest({ site, parent }) {
  const attempts = attemptsNaming(site, parent);
  const newest = newestOf(attempts);
  const told = isPlayable(newest?.mediaUrl) || (newest?.mediaUrl === "" && newest.moderated !== false);
  return told && areDated(attempts);
}

export const trustsTimesByName = ({ site, parent }) => areDated(attemptsNaming(site, parent));

export const trustsTimes = ({ site, parent }) =>
  areAll(trustedAttempts(site, parent), (entry) => isInstant(entry.createTime));

/** A time that means the same in every zone: ISO 8601 with its zone, or epoch milliseconds (2001 to 2286). */
function isInstant(time) {
  if (typeof time === "number") return time >= 1e12 && time < 1e13;
  const full = typeof time === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/.test(time);
  return full && Number.isFinite(Date.parse(time));
}

export const trustsProgress = ({ site, parent }) => areAll(trustedAttempts(site, parent), (entry) => entry.progress >= 100);

/**
 * Holes do not matter here: they make the reader throw, which is answer enough. Ids do, though the sum hides them:
 * the extension counts an attempt without any id again on every load.
 */
export function trustsOutcomes({ site, parent }) {
  const attempts = trustedAttempts(site, parent);
  const idOf = (entry) => entry.id ?? entry.videoId ?? entry.videoPostId ?? entry.itemId;
  return areAll(attempts, hasStrictFlag) && allDiffer(attempts.map(idOf));
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
  const videos = videosOf(site);
  const active = sessions?.state?.activeSessionMediaId;
  if (!isRecord(videos) || !isText(active)) return false; // without an active session there is nothing to say
  return active in videos || isKeyedByImages(videos);
}

/** A list that names the page has to lie under an image that the map still is keyed by; a page of its own proves nothing. */
export function trustsSession({ site, video }) {
  const parent = imageOfSession({ site, video });
  return Boolean(parent) && (parent !== video || video in site.state.videoByMediaId) && trustsParent({ site, video });
}

/** As `trustsResults`, for an answer that holds the ids themselves. */
export const trustsNamedResults = ({ site, parent }) =>
  areAll(identifiedAttempts(site, parent), (entry) => isText(entry.videoId) && hasResult(entry));

/** One list holds the video, and all of that list has ended, in percent. */
export function trustsProgressOf({ site, video }) {
  const holders = holdersOf(videosOf(site) ?? {}, video);
  return holders.length === 1 && trustsProgress({ site, parent: holders[0][0] });
}

function areOldestFirst(attempts) {
  const times = instantsOf(attempts);
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

/** Whether each attempt says what the log shows of it, in the order in which they were made. */
const areDetailed = (attempts) => areAll(attempts, isDetailed) && arePictured(attempts) && areOldestFirst(attempts);

export const trustsDetails = ({ site, parent }) => areDetailed(identifiedAttempts(site, parent));

/** The image as the hooks read it; without `originalPrompt` they would show the site's rewritten prompt for the user's own. */
function hasPromptedImage(site, parent) {
  const image = imageOf(site, parent);
  return isRecord(image) && (!isText(image.id) || image.id === parent) && isText(image.originalPrompt);
}

const hasShownImage = (site, parent) => hasPromptedImage(site, parent) && isAddress(imageOf(site, parent).mediaUrl);

/** The children belong to the image, differ, have ended, and say whether they were refused. */
export function trustsChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  const told = (child) => isText(child.videoId) && child.parentPostId === parent && child.progress === 100 && hasStrictFlag(child);
  return areAll(children, told) && allDiffer(idsOf(children));
}

export const trustsDetailsOfChildren = ({ site, parent }) =>
  trustsChildren({ site, parent }) && areDetailed(childrenOf(site, parent));

export const trustsStorageOfChildren = ({ site, parent }) =>
  trustsChildren({ site, parent }) && hasShownImage(site, parent);

export const trustsProgressOfChild = ({ site, video }) =>
  trustsChildren({ site, parent: parentAmongChildren(site, video) });

export function trustsPageOfChildren({ site, video }) {
  const parent = parentAmongChildren(site, video);
  return trustsChildren({ site, parent }) && hasPromptedImage(site, parent);
}

export const trustsStorage = ({ site, parent }) => trustsNamedResults({ site, parent }) && hasShownImage(site, parent);

export function trustsPage({ site, video }) {
  const parent = parentImageOfVideo({ site, video });
  if (!parent || !trustsParent({ site, video })) return false;
  return trustsNamedResults({ site, parent }) && hasPromptedImage(site, parent);
}

export function trustsImageReference({ site, parent }) {
  const address = imageReferenceOfVideos({ site, parent });
  return isListOf(parent, site.state.videoByMediaId[parent]) && isAddress(address);
}
