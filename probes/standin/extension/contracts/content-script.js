globalThis.driftwright = (() => {
"use strict";
const $parts = {};
$parts["resolver"] = (() => {
// Walks the ordered sources of one derived fact and takes the first that can be trusted. It never throws.
// Dependency-free, so that an extension can ship this very file.

/**
 * @param {{sources: Array<{name?: string, level: string, lost?: string, derive?: Function, needs?: Function,
 *          value?: unknown}>, result?: object}} fact  The sources, best first, and what a right result looks like:
 *          `type` (text or list), `minimum`, `maximum`, `minLength`, `enum`, `items: {type}`.
 * @param {object} input  Every store by its name, and every parameter.
 * @returns {{value: unknown, source: string, level: string, lost: string,
 *          tried: Array<{source: string, why: string}>}}  `tried` names the sources passed over, and why.
 */
function resolve(fact, input) {
  const tried = [];
  for (const source of Array.isArray(fact?.sources) ? fact.sources : []) {
    const name = source?.name ?? source?.level ?? "";
    const [why, value] = attempt(source, fact.result, input);
    if (!why) return { value, source: name, level: source.level, lost: source.lost ?? "", tried };
    tried.push({ source: name, why });
  }
  return { value: null, source: "", level: "unavailable", lost: "", tried };
}

// Here and below an answer is `[why, value]`: why there is none, the empty text when there is one, and the value.

function attempt(source, result, input) {
  const { derive, needs } = source ?? {};
  if (typeof derive !== "function") return isOf(source, "object") && "value" in source ? ["", source.value] : ["it has neither a function nor a value"];
  if (needs !== undefined && needs !== null) {
    const [why, held] = guarded(() => needs(input), "needs throws ");
    if (why || held !== true) return [why || "needs is not true"];
  }
  const [why, value] = guarded(() => derive(input), "throws ");
  if (why) return [why];
  const [broken, against] = guarded(() => objection(value, result), "cannot be checked: ");
  return [broken || against, value];
}

function guarded(asked, failing) {
  try {
    return ["", asked()];
  } catch (error) {
    try {
      return [failing + (error instanceof Error ? `${error.name}: ${error.message}` : String(error))];
    } catch {
      return [`${failing}an error that cannot be shown`];
    }
  }
}

/** Why `value` is no right result; the empty text when it is one. */
function objection(value, result) {
  if (value === null || value === undefined || Number.isNaN(value)) return `gives ${value}`;
  if (value instanceof Promise) return "gives a promise; sources are synchronous";
  const broken = Object.keys(HOLDS).find((rule) => result?.[rule] !== undefined && !HOLDS[rule](value, result[rule]));
  return broken ? `violates ${broken}` : "";
}

// What a result may be asked, in this order; what is asked of another type holds. A hole in a list is no item.
const HOLDS = {
  type: isOf,
  minimum: (value, least) => typeof value !== "number" || value >= least,
  maximum: (value, most) => typeof value !== "number" || value <= most,
  minLength: (value, least) => typeof value !== "string" || [...value].length >= least,
  enum: (value, held) => !Array.isArray(held) || held.includes(value),
  items: (value, items) => !Array.isArray(value) || items?.type === undefined || [...value].every((item) => isOf(item, items.type)),
};

/** Whether a value is of one of some types of JSON Schema. */
function isOf(value, types) {
  const own = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return [].concat(types).some((type) => (type === own ? own !== "number" || Number.isFinite(value) : type === "integer" && Number.isInteger(value)));
}
return { resolve, isOf };
})();
$parts["fact"] = (() => {
const { resolve } = $parts["resolver"];
// A derived fact as a function of the stores and its parameters.


const LEVELS = ["full", "degraded", "unavailable"];

/** What the sources of a fact are given: a store that is absent is null. */
function inputOf({ stores }, held, params) {
  const input = { now: new Date().toISOString(), ...params };
  for (const name of stores) input[name] = held?.[name] ?? null;
  return input;
}

/**
 * Make a function of a fact: its name, the stores that it reads, what a right result looks like, and a row for each
 * source, best first: its name, its level, what is lost, its function or else its value, its guard. The function never
 * throws. A bundler can drop it when nobody asks.
 */
function fact(name, stores, result, ...rows) {
  const sources = rows.map(([name, level, lost, derive, needs]) => ({ name, level: LEVELS[level], lost, derive, needs, value: derive }));
  const definition = { name, stores, result, sources };
  return Object.assign((held, params) => resolve(definition, inputOf(definition, held, params)), { definition });
}
return { inputOf, fact };
})();
$parts["readers/helpers"] = (() => {
const isList = Array.isArray;
const isRecord = (value) => typeof value === "object" && value !== null && !isList(value);
const isText = (value) => typeof value === "string" && value !== "";
return { isList, isRecord, isText };
})();
$parts["readers/site-attempts"] = (() => {
const { isList, isRecord, isText } = $parts["readers/helpers"];
// What the extension derives from the site's list of attempts, and when each answer may be trusted.
//
// Every reader is as strict as the extension's own reading code, no stricter: where the extension tests truth, so does
// the reader; where it compares with ===, so does the reader. Most changes of the list do not make a reader throw, they
// make it count wrong. Each therefore has a guard, `trusts...`, that is true only while the list says what the reader
// takes it to say. A guard asks for nothing that its reader does not depend on.

const SECOND = 1000;
                             
                                                                                          
                                                                    
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

       const videoGroup = ({ site, parent }) => (site ? groupOf(attemptsOf(site, parent)) : null);

/** Every attempt that is listed, refused or not. */
       const videosGenerated = ({ site, parent }) => (site ? attemptsOf(site, parent).length : null);

       const creditsUsed = videosGenerated;

       const sessionState = ({ site, parent }) => (site ? stateOf(attemptsOf(site, parent)) : null);

/** How far one given video is, in percent. */
       const progressOfVideo = ({ site, video }) =>
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

       const attemptDetails = ({ site, parent }) => (site ? detailsOf(attemptsOf(site, parent)) : null);

/** Strict: only `moderated === true` keeps an attempt from counting. */
       const unmoderatedCount = ({ site, parent }) =>
  site ? attemptsOf(site, parent).filter((entry) => entry.moderated !== true).length : null;

/** By truth: the text "false" counts as moderated. */
       const moderatedCount = ({ site, parent }) => (site ? moderatedAmong(attemptsOf(site, parent)).length : null);

       const successfulCount = ({ site, parent }) => (site ? successfulAmong(attemptsOf(site, parent)).length : null);

/** The last entry is taken for the latest attempt; nothing checks the order. */
       function latestOutcome({ site, parent }) {
  const list = videosOf(site)?.[parent];
  if (!list?.length) return null;
  const last = list[list.length - 1];
  if (last.moderated === true) return "moderated";
  return last.mediaUrl && last.progress === 100 ? "success" : "unclear";
}

/** Looks in the image's own list, or in all lists where it has none; a time ahead of `now` counts as recent. */
       function recentVideo({ site, parent, now }) {
  const videos = videosOf(site);
  if (!videos) return null;
  const lists = isList(videos[parent]) ? [videos[parent]] : Object.values(videos).filter(isList);
  const age = (entry) => Date.parse(now) - new Date(entry?.createTime).getTime();
  return lists.some((list) => list.some((entry) => age(entry) < 10 * SECOND));
}

       function videoProgress({ site, parent }) {
  if (!site) return null;
  const list = site.state?.videoByMediaId?.[parent] || [];
  return {
    completed: list.some((entry) => Boolean(entry?.moderated) || entry?.progress >= 100),
    running: list.some((entry) => entry?.progress > 0 && entry?.progress < 99),
  };
}

/** Walks all entries and drops no hole: a null entry is a TypeError, as in the extension. */
       function attemptOutcomes({ site, parent }) {
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

       const parentImageOfVideo = ({ site, video }) => parentBy(site, video, holdersOf);

const ANY_ID = ["id", "videoId", "videoPostId", "itemId", "parentPostId", "originalPostId"];

/** The image whose session a page shows: by any id that an attempt has, then by the images, at last the page itself. */
       function imageOfSession({ site, video }) {
  const named = (entry) => isRecord(entry) && ANY_ID.some((name) => entry[name] === video);
  const page = [video, []];
  return parentBy(site, video, (videos) => [...listsWith(videos, named), page]);
}

/** As the hook that ships: the image is found through its videos, by their `videoId` alone, and each part by itself. */
       function storageOfPage({ site, video }) {
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

       function sessionStateOfChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  return children && stateOf(children);
}

       function detailsOfChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  return children && detailsOf(children);
}

const parentAmongChildren = (site, video) =>
  Object.keys(site?.state?.imageByMediaId ?? {}).find((parent) =>
    childrenOf(site, parent)?.some((child) => child.videoId === video),
  ) ?? null;

       const progressOfChild = ({ site, video }) =>
  childrenOf(site, parentAmongChildren(site, video))?.find((child) => child.videoId === video).progress ?? null;

       function storageOfChildren({ site, parent }) {
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

       function pageOfChildren({ site, video }) {
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
       function activeSessionIsStale({ site, sessions }) {
  const active = sessions?.state?.activeSessionMediaId;
  const videos = videosOf(site);
  if (!active || !videos || typeof videos !== "object") return null;
  return !(active in videos);
}

// ---- fallback sources in the same store

/** The address of the image as its videos repeat it. */
       const imageReferenceOfVideos = ({ site, parent }) =>
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
       const recentVideoByName = ({ site, parent, now }) =>
  instantsOf(attemptsNaming(site, parent)).some((time) => Math.abs(Date.parse(now) - time) < 10 * SECOND);

const newestOf = (attempts) =>
  attempts.reduce((one, two) => (one && instantOf(two.createTime) < instantOf(one.createTime) ? one : two), null);

/** How the newest attempt that names the image ended, by its address alone. */
       function newestOutcome({ site, parent }) {
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

       const trustsIds = ({ site, parent }) => identifiedAttempts(site, parent) !== null;

       const trustsStrictFlags = ({ site, parent }) => areAll(identifiedAttempts(site, parent), hasStrictFlag);

       const trustsFlags = ({ site, parent }) => areAll(identifiedAttempts(site, parent), hasTruthyFlag);

const hasResult = (entry) => hasTruthyFlag(entry) && Boolean(entry.moderated || entry.mediaUrl);

       const trustsResults = ({ site, parent }) => areAll(identifiedAttempts(site, parent), hasResult);

/** Only the last entry is judged, and it has to be the newest; without any there is no answer. */
       function trustsLatest({ site, parent }) {
  const attempts = trustedAttempts(site, parent);
  const last = attempts?.at(-1);
  if (!last || !hasStrictFlag(last)) return false;
  const times = instantsOf(attempts);
  const newest = times.every((time) => !(time > times.at(-1)));
  return newest && (last.moderated === true || (Boolean(last.mediaUrl) && last.progress === 100));
}

const areDated = (attempts) => attempts.length > 0 && instantsOf(attempts).every(Number.isFinite);

/** An empty address means "moderated" unless the flag denies it. */
       function trustsNewest({ site, parent }) {
  const attempts = attemptsNaming(site, parent);
  const newest = newestOf(attempts);
  const told = isPlayable(newest?.mediaUrl) || (newest?.mediaUrl === "" && newest.moderated !== false);
  return told && areDated(attempts);
}

       const trustsTimesByName = ({ site, parent }) => areDated(attemptsNaming(site, parent));

       const trustsTimes = ({ site, parent }) =>
  areAll(trustedAttempts(site, parent), (entry) => isInstant(entry.createTime));

/** A time that means the same in every zone: ISO 8601 with its zone, or epoch milliseconds (2001 to 2286). */
function isInstant(time) {
  if (typeof time === "number") return time >= 1e12 && time < 1e13;
  const full = typeof time === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/.test(time);
  return full && Number.isFinite(Date.parse(time));
}

       const trustsProgress = ({ site, parent }) => areAll(trustedAttempts(site, parent), (entry) => entry.progress >= 100);

/**
 * Holes do not matter here: they make the reader throw, which is answer enough. Ids do, though the sum hides them:
 * the extension counts an attempt without any id again on every load.
 */
       function trustsOutcomes({ site, parent }) {
  const attempts = trustedAttempts(site, parent);
  const idOf = (entry) => entry.id ?? entry.videoId ?? entry.videoPostId ?? entry.itemId;
  return areAll(attempts, hasStrictFlag) && allDiffer(attempts.map(idOf));
}

/** One list at most names the video, and it lies under an image that the site knows (where it lists any). */
       function trustsParent({ site, video }) {
  const { videoByMediaId: videos, imageByMediaId: images } = site.state;
  if (!isRecord(videos)) return false;
  if (video in videos) return isListOf(video, videos[video]);
  const holders = holdersOf(videos, video);
  if (holders.length > 1 || !holders.every(([key, list]) => isListOf(key, list))) return false;
  const empty = !isRecord(images) || Object.keys(images).length === 0;
  return empty || holders.every(([key]) => key in images);
}

/** "Stale" costs the user the session, so the map has to prove that it still is keyed by images. */
       function trustsKeys({ site, sessions }) {
  const videos = videosOf(site);
  const active = sessions?.state?.activeSessionMediaId;
  if (!isRecord(videos) || !isText(active)) return false; // without an active session there is nothing to say
  return active in videos || isKeyedByImages(videos);
}

/** A list that names the page has to lie under an image that the map still is keyed by; a page of its own proves nothing. */
       function trustsSession({ site, video }) {
  const parent = imageOfSession({ site, video });
  return Boolean(parent) && (parent !== video || video in site.state.videoByMediaId) && trustsParent({ site, video });
}

/** As `trustsResults`, for an answer that holds the ids themselves. */
       const trustsNamedResults = ({ site, parent }) =>
  areAll(identifiedAttempts(site, parent), (entry) => isText(entry.videoId) && hasResult(entry));

/** One list holds the video, and all of that list has ended, in percent. */
       function trustsProgressOf({ site, video }) {
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

       const trustsDetails = ({ site, parent }) => areDetailed(identifiedAttempts(site, parent));

/** The image as the hooks read it; without `originalPrompt` they would show the site's rewritten prompt for the user's own. */
function hasPromptedImage(site, parent) {
  const image = imageOf(site, parent);
  return isRecord(image) && (!isText(image.id) || image.id === parent) && isText(image.originalPrompt);
}

const hasShownImage = (site, parent) => hasPromptedImage(site, parent) && isAddress(imageOf(site, parent).mediaUrl);

/** The children belong to the image, differ, have ended, and say whether they were refused. */
       function trustsChildren({ site, parent }) {
  const children = childrenOf(site, parent);
  const told = (child) => isText(child.videoId) && child.parentPostId === parent && child.progress === 100 && hasStrictFlag(child);
  return areAll(children, told) && allDiffer(idsOf(children));
}

       const trustsDetailsOfChildren = ({ site, parent }) =>
  trustsChildren({ site, parent }) && areDetailed(childrenOf(site, parent));

       const trustsStorageOfChildren = ({ site, parent }) =>
  trustsChildren({ site, parent }) && hasShownImage(site, parent);

       const trustsProgressOfChild = ({ site, video }) =>
  trustsChildren({ site, parent: parentAmongChildren(site, video) });

       function trustsPageOfChildren({ site, video }) {
  const parent = parentAmongChildren(site, video);
  return trustsChildren({ site, parent }) && hasPromptedImage(site, parent);
}

       const trustsStorage = ({ site, parent }) => trustsNamedResults({ site, parent }) && hasShownImage(site, parent);

       function trustsPage({ site, video }) {
  const parent = parentImageOfVideo({ site, video });
  if (!parent || !trustsParent({ site, video })) return false;
  return trustsNamedResults({ site, parent }) && hasPromptedImage(site, parent);
}

       function trustsImageReference({ site, parent }) {
  const address = imageReferenceOfVideos({ site, parent });
  return isListOf(parent, site.state.videoByMediaId[parent]) && isAddress(address);
}
return { activeSessionIsStale, trustsKeys, attemptDetails, trustsDetails, detailsOfChildren, trustsDetailsOfChildren, attemptOutcomes, trustsOutcomes, creditsUsed, trustsIds, imageOfSession, trustsSession, latestOutcome, trustsLatest, newestOutcome, trustsNewest, moderatedCount, trustsFlags, parentImageOfVideo, trustsParent, imageReferenceOfVideos, trustsImageReference, progressOfVideo, trustsProgressOf, progressOfChild, trustsProgressOfChild, recentVideo, trustsTimes, recentVideoByName, trustsTimesByName, sessionState, trustsNamedResults, sessionStateOfChildren, trustsChildren, storageOfPage, trustsPage, pageOfChildren, trustsPageOfChildren, trustsStorage, storageOfChildren, trustsStorageOfChildren, successfulCount, trustsResults, unmoderatedCount, trustsStrictFlags, videoGroup, videoProgress, trustsProgress, videosGenerated };
})();
$parts["readers/site-images"] = (() => {
const { isList, isRecord, isText } = $parts["readers/helpers"];
// What the extension derives from the site's map of images, its favourites, and when each answer may be trusted.

                             
                                                                                          
                                                                    
const isAddress = (value) => typeof value === "string" && /^https?:\/\//.test(value);

/** The first record of the image's list; an object instead of the list has no record 0 and gives null. */
const imageOf = (site, parent) => site?.state?.imageByMediaId?.[parent]?.[0] || null;
const favouriteOf = (site, parent) => site?.state?.favoritesById?.[parent];

const promptOf = (image) => image.originalPrompt || image.prompt;

/** What the summary of a session shows of its image: what it was made from, and where it lies. */
const summaryOf = (image) => ({ originalImagePrompt: promptOf(image), parentImageUrl: image.mediaUrl });

       function originalImagePrompt({ site, parent }) {
  const image = imageOf(site, parent);
  return image && promptOf(image);
}

       const parentImageUrl = ({ site, parent }) => imageOf(site, parent)?.mediaUrl ?? null;

       function sessionSummary({ site, parent }) {
  const image = imageOf(site, parent);
  return image && summaryOf(image);
}

// ---- fallback sources in the same store

       function favouritePrompt({ site, parent }) {
  const image = favouriteOf(site, parent);
  return image ? promptOf(image) : null;
}

       function favouriteSummary({ site, parent }) {
  const image = favouriteOf(site, parent);
  return image ? summaryOf(image) : null;
}

       const favouriteUrl = ({ site, parent }) => favouriteOf(site, parent)?.mediaUrl ?? null;

/** The id of a child post, which is an item of its own, or its id alone. */
const childId = (child) => (isRecord(child) ? (child.videoId ?? child.id) : child);

const childIds = (image) => (isList(image?.childPosts) ? image.childPosts.map(childId) : []);

/** The ids of the videos as the image repeats them; an empty list says nothing, for the site often leaves it empty. */
       function childPosts({ site, parent }) {
  const ids = childIds(imageOf(site, parent));
  return ids.length > 0 ? ids.sort() : null;
}

       function parentOfChildPost({ site, video }) {
  const named = ([, list]) => isList(list) && isRecord(list[0]) && childIds(list[0]).includes(video);
  return Object.entries(site?.state?.imageByMediaId ?? {}).find(named)?.[0] ?? null;
}

/** True where the active session's image is unknown to the site altogether. */
       function activeImageIsGone({ site, sessions }) {
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

       const trustsPrompt = ({ site, parent }) => hasPrompt(imageOf(site, parent), parent);

       const trustsUrl = ({ site, parent }) => hasUrl(imageOf(site, parent), parent);

       const trustsSummary = ({ site, parent }) => hasSummary(imageOf(site, parent), parent);

       const trustsFavouritePrompt = ({ site, parent }) => hasPrompt(site.state.favoritesById[parent], parent);

       const trustsFavouriteUrl = ({ site, parent }) => hasUrl(site.state.favoritesById[parent], parent);

       const trustsFavouriteSummary = ({ site, parent }) => hasSummary(site.state.favoritesById[parent], parent);

       function trustsChildPosts({ site, parent }) {
  const image = imageOf(site, parent);
  const ids = childIds(image);
  return isImage(image, parent) && new Set(ids).size === ids.length && ids.every(isText);
}

       function trustsImageKeys({ site }) {
  const lists = Object.entries(site.state.imageByMediaId);
  // The container's own image comes first, its edits after it.
  const areKeyed = ([key, list]) => isList(list) && (list.length === 0 || isImage(list[0], key));
  return lists.length > 0 && lists.every(areKeyed);
}
return { activeImageIsGone, trustsImageKeys, originalImagePrompt, trustsPrompt, favouritePrompt, trustsFavouritePrompt, parentOfChildPost, parentImageUrl, trustsUrl, favouriteUrl, trustsFavouriteUrl, sessionSummary, trustsSummary, favouriteSummary, trustsFavouriteSummary, childPosts, trustsChildPosts };
})();
$parts["readers/own-records"] = (() => {
// The same facts from the extension's own records: the session record of one image, the grouped sessions of all images,
// the post record.

const isCount = (value) => Number.isInteger(value) && value >= 0;

const groupedSession = (sessions, parent) => sessions?.state?.sessionByMediaId?.[parent] ?? null;

/** Every moderated attempt failed in one of three layers; a record that lacks one of the counters says nothing. */
function failuresOf(record) {
  const layers = [record?.layer1Failures, record?.layer2Failures, record?.layer3Failures];
  return layers.every(isCount) ? layers.reduce((sum, failures) => sum + failures, 0) : null;
}

function outcomesOf(record) {
  const moderated = failuresOf(record);
  const generated = record?.videosGenerated;
  return moderated !== null && isCount(generated) ? { moderated, generated } : null;
}

/** What the panel's counters prove: something ended once a credit was used; what runs now they cannot tell. */
const progressOf = (record) => isCount(record?.creditsUsed) ? { completed: record.creditsUsed > 0, running: false } : null;

       const recordedFailures = ({ session }) => failuresOf(session);

       const groupedFailures = ({ sessions, parent }) => failuresOf(groupedSession(sessions, parent));

       const recordedOutcomes = ({ session }) => outcomesOf(session);

       const groupedOutcomes = ({ sessions, parent }) => outcomesOf(groupedSession(sessions, parent));

       const recordedProgress = ({ session }) => progressOf(session);

       const groupedProgress = ({ sessions, parent }) => progressOf(groupedSession(sessions, parent));

       const groupedVideosGenerated = ({ sessions, parent }) => groupedSession(sessions, parent)?.videosGenerated ?? null;

       const groupedCreditsUsed = ({ sessions, parent }) => groupedSession(sessions, parent)?.creditsUsed ?? null;

/** Both kinds of records may list the image itself beside its videos; a group has no order and is sorted. */
const videosAmong = (ids, parent) => Array.isArray(ids) ? ids.filter((id) => id !== parent).sort() : null;

/** A post record without any video says nothing: the extension empties it when it leaves the page. */
       function recordedVideoGroup({ post, parent }) {
  const ids = videosAmong(post?.videoGroup, parent);
  return ids?.length ? ids : null;
}

       const groupedVideoGroup = ({ sessions, parent }) => videosAmong(groupedSession(sessions, parent)?.processedAttemptIds, parent);

/** The image whose session has seen this video end. */
       function parentOfProcessedVideo({ sessions, video }) {
  const seen = ([, record]) => Array.isArray(record?.processedAttemptIds) && record.processedAttemptIds.includes(video);
  return Object.entries(sessions?.state?.sessionByMediaId ?? {}).find(seen)?.[0] ?? null;
}
return { recordedOutcomes, groupedOutcomes, groupedCreditsUsed, parentOfProcessedVideo, recordedFailures, groupedFailures, groupedVideosGenerated, groupedVideoGroup, recordedVideoGroup, recordedProgress, groupedProgress };
})();
$parts["readers/storage-sync"] = (() => {
// What the hook of phase 1 derives of one image, each time it looks at the storage: everything or nothing. It reads both
// maps without a doubt, so that where one of them cannot be read, nothing of the other is shown either.

;                           
              
                   
                      
                   
                  
                          
 

;                            
          
                                                                     
                                                            
    
                  
 

;                             
                          
                      
                         
                          
                       
                                     
                                
 

       function grokStorage(site                   , parentImageId        )                     {
  if (!site) return null;
  try {
    const { videoByMediaId, imageByMediaId } = site.state;
    const image = imageByMediaId[parentImageId]?.[0] ?? null;
    const videos = (videoByMediaId[parentImageId] ?? []).filter((video)                     => Boolean(video?.videoId));
    return {
      videosGenerated: videos.length,
      creditsUsed: videos.length,
      moderatedCount: videos.filter((video) => video.moderated).length,
      successfulCount: videos.filter((video) => !video.moderated && video.mediaUrl).length,
      videoGroup: videos.map((video) => video.videoId          ).sort(),
      originalImagePrompt: image && (image.originalPrompt || image.prompt || null),
      parentImageUrl: image && image.mediaUrl,
    };
  } catch (error         ) {
    console.error("the storage could not be read", error);
    return null;
  }
}

const $member0 = ($given) => (0, grokStorage)($given["site"], $given["parent"]);
return { grokStorage: $member0 };
})();
$parts["facts"] = (() => {
const { fact: $fact } = $parts["fact"];
const { activeSessionIsStale: $r_activeSessionIsStale, trustsKeys: $r_trustsKeys, attemptDetails: $r_attemptDetails, trustsDetails: $r_trustsDetails, detailsOfChildren: $r_detailsOfChildren, trustsDetailsOfChildren: $r_trustsDetailsOfChildren, attemptOutcomes: $r_attemptOutcomes, trustsOutcomes: $r_trustsOutcomes, creditsUsed: $r_creditsUsed, trustsIds: $r_trustsIds, imageOfSession: $r_imageOfSession, trustsSession: $r_trustsSession, latestOutcome: $r_latestOutcome, trustsLatest: $r_trustsLatest, newestOutcome: $r_newestOutcome, trustsNewest: $r_trustsNewest, moderatedCount: $r_moderatedCount, trustsFlags: $r_trustsFlags, parentImageOfVideo: $r_parentImageOfVideo, trustsParent: $r_trustsParent, imageReferenceOfVideos: $r_imageReferenceOfVideos, trustsImageReference: $r_trustsImageReference, progressOfVideo: $r_progressOfVideo, trustsProgressOf: $r_trustsProgressOf, progressOfChild: $r_progressOfChild, trustsProgressOfChild: $r_trustsProgressOfChild, recentVideo: $r_recentVideo, trustsTimes: $r_trustsTimes, recentVideoByName: $r_recentVideoByName, trustsTimesByName: $r_trustsTimesByName, sessionState: $r_sessionState, trustsNamedResults: $r_trustsNamedResults, sessionStateOfChildren: $r_sessionStateOfChildren, trustsChildren: $r_trustsChildren, storageOfPage: $r_storageOfPage, trustsPage: $r_trustsPage, pageOfChildren: $r_pageOfChildren, trustsPageOfChildren: $r_trustsPageOfChildren, trustsStorage: $r_trustsStorage, storageOfChildren: $r_storageOfChildren, trustsStorageOfChildren: $r_trustsStorageOfChildren, successfulCount: $r_successfulCount, trustsResults: $r_trustsResults, unmoderatedCount: $r_unmoderatedCount, trustsStrictFlags: $r_trustsStrictFlags, videoGroup: $r_videoGroup, videoProgress: $r_videoProgress, trustsProgress: $r_trustsProgress, videosGenerated: $r_videosGenerated } = $parts["readers/site-attempts"];
const { activeImageIsGone: $r_activeImageIsGone, trustsImageKeys: $r_trustsImageKeys, originalImagePrompt: $r_originalImagePrompt, trustsPrompt: $r_trustsPrompt, favouritePrompt: $r_favouritePrompt, trustsFavouritePrompt: $r_trustsFavouritePrompt, parentOfChildPost: $r_parentOfChildPost, parentImageUrl: $r_parentImageUrl, trustsUrl: $r_trustsUrl, favouriteUrl: $r_favouriteUrl, trustsFavouriteUrl: $r_trustsFavouriteUrl, sessionSummary: $r_sessionSummary, trustsSummary: $r_trustsSummary, favouriteSummary: $r_favouriteSummary, trustsFavouriteSummary: $r_trustsFavouriteSummary, childPosts: $r_childPosts, trustsChildPosts: $r_trustsChildPosts } = $parts["readers/site-images"];
const { recordedOutcomes: $r_recordedOutcomes, groupedOutcomes: $r_groupedOutcomes, groupedCreditsUsed: $r_groupedCreditsUsed, parentOfProcessedVideo: $r_parentOfProcessedVideo, recordedFailures: $r_recordedFailures, groupedFailures: $r_groupedFailures, groupedVideosGenerated: $r_groupedVideosGenerated, groupedVideoGroup: $r_groupedVideoGroup, recordedVideoGroup: $r_recordedVideoGroup, recordedProgress: $r_recordedProgress, groupedProgress: $r_groupedProgress } = $parts["readers/own-records"];
const { grokStorage: $r_grokStorage } = $parts["readers/storage-sync"];
const $t_0 = ["site","sessions"];
const $t_1 = "site store";
const $t_2 = "nothing";
const $t_3 = ["site"];
const $t_4 = "child posts";
const $t_5 = "known only for images whose child posts the site fills with whole records";
const $t_6 = ["site","session","sessions"];
const $t_7 = {"type":"object"};
const $t_8 = "session record";
const $t_9 = "misses videos made outside the panel and starts again with every session";
const $t_10 = "grouped sessions";
const $t_11 = {"type":"integer","minimum":0};
const $t_12 = "refusals before the latest one, and after a reload every refusal: the site lists them no more";
const $t_13 = {"type":"string","minLength":1};
const $t_14 = "knows only the videos that ended while the panel watched";
const $t_15 = "known only for favourite images";
const $t_16 = "known only for images whose list of child posts the site fills";
const $t_17 = "cannot see a video that runs, nor one made outside the panel";
const $f_activeSessionIsStale = /* @__PURE__ */ $fact("active_session_is_stale", $t_0, {"type":"boolean"},
  [$t_1, 0, "", $r_activeSessionIsStale, $r_trustsKeys],
  ["images", 1, "keeps the session of an image whose list of videos is gone", $r_activeImageIsGone, $r_trustsImageKeys],
  [$t_2, 2, "a session without its image is never reset", false],
);
const $f_attemptDetails = /* @__PURE__ */ $fact("attempt_details", $t_3, {"type":"array"},
  [$t_1, 0, "", $r_attemptDetails, $r_trustsDetails],
  [$t_4, 1, $t_5, $r_detailsOfChildren, $r_trustsDetailsOfChildren],
  [$t_2, 2, "the log names no attempt, and no picture is shown", /* @__PURE__ */ Object.freeze([])],
);
const $f_attemptOutcomes = /* @__PURE__ */ $fact("attempt_outcomes", $t_6, $t_7,
  [$t_1, 0, "", $r_attemptOutcomes, $r_trustsOutcomes],
  [$t_8, 1, $t_9, $r_recordedOutcomes],
  [$t_10, 1, $t_9, $r_groupedOutcomes],
  [$t_2, 2, "the counters stay at 0", /* @__PURE__ */ Object.freeze({"moderated":0,"generated":0})],
);
const $f_creditsUsed = /* @__PURE__ */ $fact("credits_used", $t_6, $t_11,
  [$t_1, 0, $t_12, $r_creditsUsed, $r_trustsIds],
  [$t_8, 1, $t_9, (
({session}) => session?.creditsUsed
)],
  [$t_10, 1, $t_9, $r_groupedCreditsUsed],
  [$t_2, 2, "the panel shows no cost", 0],
);
const $f_imageOfSession = /* @__PURE__ */ $fact("image_of_session", $t_0, $t_13,
  [$t_1, 0, "", $r_imageOfSession, $r_trustsSession],
  [$t_10, 1, $t_14, $r_parentOfProcessedVideo],
  [$t_2, 2, "the page gets a session of its own", ""],
);
const $f_latestOutcome = /* @__PURE__ */ $fact("latest_outcome", $t_3, {"type":"string","enum":["moderated","success","unclear"]},
  ["last entry", 0, "", $r_latestOutcome, $r_trustsLatest],
  ["newest entry by time", 1, "judges by the video's address alone, and takes times without a zone for UTC", $r_newestOutcome, $r_trustsNewest],
  [$t_2, 2, "success and moderation are looked for on the page a second later", "unclear"],
);
const $f_moderatedCount = /* @__PURE__ */ $fact("moderated_count", $t_6, $t_11,
  [$t_1, 0, "", $r_moderatedCount, $r_trustsFlags],
  [$t_8, 1, $t_9, $r_recordedFailures],
  [$t_10, 1, $t_9, $r_groupedFailures],
  [$t_2, 2, "failures are not shown", 0],
);
const $f_originalImagePrompt = /* @__PURE__ */ $fact("original_image_prompt", ["site","post"], $t_13,
  ["image record", 0, "", $r_originalImagePrompt, $r_trustsPrompt],
  ["favourites", 1, $t_15, $r_favouritePrompt, $r_trustsFavouritePrompt],
  ["post record", 2, "proposes the video prompt typed last, which is seldom the image's own", (
({post}) => post?.lastPromptValue
)],
  [$t_2, 2, "the prompt field stays empty", ""],
);
const $f_parentImageOfVideo = /* @__PURE__ */ $fact("parent_image_of_video", $t_0, $t_13,
  [$t_1, 0, "", $r_parentImageOfVideo, $r_trustsParent],
  [$t_4, 1, $t_16, $r_parentOfChildPost, $r_trustsImageKeys],
  [$t_10, 1, $t_14, $r_parentOfProcessedVideo],
  [$t_2, 2, "the video is taken for an image of its own, with a new session", ""],
);
const $f_parentImageUrl = /* @__PURE__ */ $fact("parent_image_url", $t_3, $t_13,
  ["image record", 0, "", $r_parentImageUrl, $r_trustsUrl],
  ["image reference of its videos", 1, "unknown until a first video is listed", $r_imageReferenceOfVideos, $r_trustsImageReference],
  ["favourites", 1, $t_15, $r_favouriteUrl, $r_trustsFavouriteUrl],
  [$t_2, 2, "no picture is shown", ""],
);
const $f_progressOfVideo = /* @__PURE__ */ $fact("progress_of_video", $t_3, {"type":"number","minimum":0,"maximum":100},
  [$t_1, 0, "", $r_progressOfVideo, $r_trustsProgressOf],
  [$t_4, 1, $t_5, $r_progressOfChild, $r_trustsProgressOfChild],
  [$t_2, 2, "no bar is shown", 0],
);
const $f_recentVideo = /* @__PURE__ */ $fact("recent_video", $t_3, {"type":"boolean"},
  [$t_1, 0, "", $r_recentVideo, $r_trustsTimes],
  ["attempts that name the image", 1, "takes times without a zone for UTC", $r_recentVideoByName, $r_trustsTimesByName],
  [$t_2, 2, "the panel writes a line to its log and decides nothing", false],
);
const $f_sessionState = /* @__PURE__ */ $fact("session_state", $t_3, $t_7,
  [$t_1, 0, "", $r_sessionState, $r_trustsNamedResults],
  [$t_4, 1, $t_5, $r_sessionStateOfChildren, $r_trustsChildren],
  [$t_2, 2, "a session begins without any video", /* @__PURE__ */ Object.freeze({"videos":[],"moderatedVideos":[],"successfulVideos":[]})],
);
const $f_sessionSummary = /* @__PURE__ */ $fact("session_summary", $t_3, $t_7,
  ["image record", 0, "", $r_sessionSummary, $r_trustsSummary],
  ["favourites", 1, $t_15, $r_favouriteSummary, $r_trustsFavouriteSummary],
  [$t_2, 2, "the summary says nothing of the image", /* @__PURE__ */ Object.freeze({})],
);
const $f_storageOfPage = /* @__PURE__ */ $fact("storage_of_page", $t_3, $t_7,
  [$t_1, 0, "", $r_storageOfPage, $r_trustsPage],
  [$t_4, 1, $t_5, $r_pageOfChildren, $r_trustsPageOfChildren],
  [$t_2, 2, "neither a success nor a refusal is noticed", /* @__PURE__ */ Object.freeze({})],
);
const $f_storageSyncHook = /* @__PURE__ */ $fact("storage_sync_hook", $t_3, $t_7,
  ["hook", 0, "", $r_grokStorage, $r_trustsStorage],
  [$t_4, 1, $t_5, $r_storageOfChildren, $r_trustsStorageOfChildren],
  [$t_2, 2, "the panel shows its own counters alone", /* @__PURE__ */ Object.freeze({})],
);
const $f_successfulCount = /* @__PURE__ */ $fact("successful_count", $t_6, $t_11,
  [$t_1, 0, "", $r_successfulCount, $r_trustsResults],
  [$t_8, 1, $t_9, (
({session}) => session?.videosGenerated
)],
  [$t_10, 1, $t_9, $r_groupedVideosGenerated],
  [$t_2, 2, "no success is ever announced", 0],
);
const $f_unmoderatedCount = /* @__PURE__ */ $fact("unmoderated_count", $t_6, $t_11,
  [$t_1, 0, "", $r_unmoderatedCount, $r_trustsStrictFlags],
  [$t_8, 1, $t_9, (
({session}) => session?.videosGenerated
)],
  [$t_10, 1, $t_9, $r_groupedVideosGenerated],
  [$t_2, 2, "the counter stays at 0, and a session never reaches its goal", 0],
);
const $f_videoGroup = /* @__PURE__ */ $fact("video_group", ["site","post","sessions"], {"type":"array","items":$t_13},
  [$t_1, 0, "", $r_videoGroup, $r_trustsIds],
  [$t_4, 1, $t_16, $r_childPosts, $r_trustsChildPosts],
  [$t_10, 1, "knows the videos that the panel met, those among them that the site has dropped since", $r_groupedVideoGroup],
  ["post record", 2, "knows the videos that were opened while the panel watched, whether the site still lists them or not", $r_recordedVideoGroup],
  [$t_2, 2, "every video of the image is taken for an image of its own", /* @__PURE__ */ Object.freeze([])],
);
const $f_videoProgress = /* @__PURE__ */ $fact("video_progress", $t_6, $t_7,
  [$t_1, 0, "", $r_videoProgress, $r_trustsProgress],
  [$t_8, 1, $t_17, $r_recordedProgress],
  [$t_10, 1, $t_17, $r_groupedProgress],
  [$t_2, 2, "after two minutes the session is cancelled", /* @__PURE__ */ Object.freeze({"completed":false,"running":false})],
);
const $f_videosGenerated = /* @__PURE__ */ $fact("videos_generated", $t_6, $t_11,
  [$t_1, 0, $t_12, $r_videosGenerated, $r_trustsIds],
  [$t_8, 1, $t_9, (
({session}) => session?.creditsUsed
)],
  [$t_10, 1, $t_9, $r_groupedCreditsUsed],
  [$t_2, 2, "the counter stays at 0", 0],
);
return { activeSessionIsStale: $f_activeSessionIsStale, attemptDetails: $f_attemptDetails, attemptOutcomes: $f_attemptOutcomes, creditsUsed: $f_creditsUsed, imageOfSession: $f_imageOfSession, latestOutcome: $f_latestOutcome, moderatedCount: $f_moderatedCount, originalImagePrompt: $f_originalImagePrompt, parentImageOfVideo: $f_parentImageOfVideo, parentImageUrl: $f_parentImageUrl, progressOfVideo: $f_progressOfVideo, recentVideo: $f_recentVideo, sessionState: $f_sessionState, sessionSummary: $f_sessionSummary, storageOfPage: $f_storageOfPage, storageSyncHook: $f_storageSyncHook, successfulCount: $f_successfulCount, unmoderatedCount: $f_unmoderatedCount, videoGroup: $f_videoGroup, videoProgress: $f_videoProgress, videosGenerated: $f_videosGenerated };
})();
$parts["loading"] = (() => {
// Loads stores from where they lie. Nothing here throws: a store that is absent, closed or no JSON is null.

const AREAS = { session: "sessionStorage", local: "localStorage" };

/** The key of a store, with the parameter that a pattern names; null while that is not given. */
function keyOf(pattern, params) {
  let whole = true;
  const key = pattern.replace(/\{([^{}]+)\}/, (_, name) => {
    whole = typeof params?.[name] === "string";
    return params?.[name];
  });
  return whole ? key : null;
}

/** A store in the page's own storage: `(params) => value`. */
function pageStore(area, pattern) {
  return (params) => {
    try {
      const text = globalThis[AREAS[area]].getItem(keyOf(pattern, params) ?? "");
      return text === null || keyOf(pattern, params) === null ? null : JSON.parse(text);
    } catch {
      return null;
    }
  };
}

/** A store in the extension's storage: `(params) => promise of the value`. */
function extensionStore(area, pattern) {
  return async (params) => {
    try {
      const key = keyOf(pattern, params);
      if (key === null) return null;
      const { storage } = globalThis.browser?.storage ? globalThis.browser : globalThis.chrome;
      return (await storage[area].get(key))[key] ?? null;
    } catch {
      return null;
    }
  };
}

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
    // It is not there: opening it must not make it.
    request.onupgradeneeded = () => request.transaction.abort();
  });

/** A store in a database, under `database/object store/key`: `(params) => promise of the value`. */
function databaseStore(pattern) {
  return async (params) => {
    let database;
    try {
      const [name, table, ...key] = (keyOf(pattern, params) ?? "").split("/");
      database = await asked(globalThis.indexedDB.open(name));
      const value = await asked(database.transaction(table).objectStore(table).get(key.join("/")));
      return (typeof value === "string" ? JSON.parse(value) : value) ?? null;
    } catch {
      return null;
    } finally {
      database?.close();
    }
  };
}

/** Load several stores at once: `load({ site, session }, { parent })` is a promise of `{ site, session }`. */
async function load(loaders, params) {
  const names = Object.keys(loaders);
  const values = await Promise.all(names.map((name) => loaders[name](params)));
  return Object.fromEntries(names.map((name, at) => [name, values[at]]));
}
return { pageStore, extensionStore, databaseStore, load };
})();
$parts["stores"] = (() => {
const { load, pageStore: $$pageStore, extensionStore: $$extensionStore, databaseStore: $$databaseStore } = $parts["loading"];
const site = /* @__PURE__ */ $$pageStore("session", "useMediaStore");
const post = /* @__PURE__ */ $$extensionStore("local", "grokRetryPost_{parent}");
const session = /* @__PURE__ */ $$pageStore("session", "grokRetrySession_{parent}");
const sessions = /* @__PURE__ */ $$pageStore("session", "useGrokRetryVideoSessions_store");
return { site, post, session, sessions, load };
})();
$parts["same"] = (() => {
// Whether two parsed JSON values are the same.

function same(one, other) {
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]));
}
return { same };
})();
$parts["guard"] = (() => {
const { isOf } = $parts["resolver"];
const { same } = $parts["same"];
// Holds a value against a JSON Schema (2020-12), without making code of it. Messages hold no value.


const MOST = 100; // issues
const patterns = new Map();

function matches(pattern, text) {
  if (!patterns.has(pattern)) {
    try {
      patterns.set(pattern, new RegExp(pattern, "u"));
    } catch {
      patterns.set(pattern, new RegExp(pattern)); // an escape that only the older grammar knows
    }
  }
  return patterns.get(pattern).test(text);
}

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const sizeOf = (text) => [...text].length;
const isValid = (schema, value) => check(schema, value, [], []).length === 0;
const valid = (schemas, value) => schemas.filter((schema) => isValid(schema, value)).length;
const NUMBERS = {
  minimum: (value, least) => value >= least,
  maximum: (value, most) => value <= most,
  exclusiveMinimum: (value, least) => value > least,
  exclusiveMaximum: (value, most) => value < most,
  multipleOf: (value, factor) => Number.isInteger(value / factor),
};
const TEXTS = {
  minLength: (value, least) => sizeOf(value) >= least,
  maxLength: (value, most) => sizeOf(value) <= most,
  pattern: (value, pattern) => matches(pattern, value),
};
const LISTS = {
  minItems: (value, least) => value.length >= least,
  maxItems: (value, most) => value.length <= most,
  uniqueItems: (value, wanted) => !wanted || value.every((one, at) => !value.slice(0, at).some((other) => same(one, other))),
  contains: (value, schema) => value.some((item) => isValid(schema, item)),
};
const RECORDS = {
  minProperties: (value, least) => Object.keys(value).length >= least,
  maxProperties: (value, most) => Object.keys(value).length <= most,
  propertyNames: (value, schema) => Object.keys(value).every((name) => isValid(schema, name)),
};
const ALL = {
  type: (value, types) => isOf(value, types),
  enum: (value, held) => held.some((one) => same(one, value)),
  const: (value, held) => same(held, value),
  not: (value, schema) => !isValid(schema, value),
  anyOf: (value, schemas) => valid(schemas, value) > 0,
  oneOf: (value, schemas) => valid(schemas, value) === 1,
};

/** Collect what is wrong with a value into `issues`, each with the path to it. */
function check(schema, value, path, issues) {
  if (schema === true || issues.length >= MOST) return issues;
  if (schema === false) return add(issues, path, "is not allowed here");
  const of = typeof value === "number" ? NUMBERS : typeof value === "string" ? TEXTS : Array.isArray(value) ? LISTS : isRecord(value) ? RECORDS : {};
  for (const [keyword, wanted] of Object.entries(schema)) {
    const holds = Object.hasOwn(ALL, keyword) ? ALL[keyword] : Object.hasOwn(of, keyword) ? of[keyword] : null;
    if (holds && !holds(value, wanted)) add(issues, path, keyword === "type" ? `is not of type ${[].concat(wanted).join(" or ")}` : `violates ${keyword}`);
  }
  for (const part of schema.allOf ?? []) check(part, value, path, issues);
  if (Array.isArray(value)) checkItems(schema, value, path, issues);
  else if (isRecord(value)) checkFields(schema, value, path, issues);
  return issues;
}

function checkItems({ prefixItems = [], items = true }, value, path, issues) {
  value.forEach((item, at) => check(at < prefixItems.length ? prefixItems[at] : items, item, [...path, at], issues));
}

function checkFields(schema, value, path, issues) {
  const { required = [], properties = {}, patternProperties = {}, additionalProperties = true } = schema;
  for (const name of required) if (!Object.hasOwn(value, name)) add(issues, [...path, name], "is required");
  for (const name of Object.keys(value)) {
    const below = [...path, name];
    const named = Object.hasOwn(properties, name);
    const alike = Object.keys(patternProperties).filter((pattern) => matches(pattern, name));
    if (named) check(properties[name], value[name], below, issues);
    for (const pattern of alike) check(patternProperties[pattern], value[name], below, issues);
    if (!named && alike.length === 0) check(additionalProperties, value[name], below, issues);
  }
}

function add(issues, path, message) {
  if (issues.length < MOST) issues.push({ message, path });
  return issues;
}

/** A validator of a schema, as Standard Schema (version 1) asks for it. */
function guard(schema) {
  return {
    accepts: (value) => isValid(schema, value),
    "~standard": {
      version: 1,
      vendor: "driftwright",
      validate(value) {
        const issues = check(schema, value, [], []);
        return issues.length > 0 ? { issues } : { value };
      },
    },
  };
}
return { guard };
})();
$parts["guards"] = (() => {
const { guard: $guard } = $parts["guard"];
const $part0 = "object";
const $part1 = ["state","version"];
const $part2 = "videoByMediaId";
const $part3 = "array";
const $part4 = {"type":$part3};
const $part5 = "createTime";
const $part6 = {"type":"string","minLength":1};
const $part7 = {"type":"string"};
const $part8 = {"type":$part3,"items":$part7};
const $part9 = {"type":"boolean"};
const $part10 = {"type":"integer","minimum":0,"maximum":100};
const $part11 = {"type":"integer","minimum":0};
const $part12 = {"type":"number","minimum":0};
const $part13 = [{"required":["mediaUrl",$part5],"properties":{"id":$part6,"videoId":$part6,"videoPostId":$part7,"itemId":$part7,"optimisticId":$part7,"inflightId":$part7,"parentPostId":$part7,"rootPostId":$part7,"originalPostId":$part7,"originalRefType":$part7,"responseId":$part7,"parentResponseId":$part7,"conversationId":$part7,"userId":$part7,"mediaType":$part7,"mimeType":$part7,"mediaUrl":$part7,"videoUrl":$part7,"hdMediaUrl":$part7,"watermarkedMediaUrl":$part7,"blobSrc":$part7,"thumbnailImageUrl":$part7,"lastFrameThumbnailImageUrl":$part7,"imageReference":$part7,"audioUrls":$part8,"prompt":$part7,"originalPrompt":$part7,"videoPrompt":$part7,"title":$part7,"createTime":$part7,"isGenerated":$part9,"progress":$part10,"complete":$part9,"moderated":$part9,"isModerated":$part9,"mediaStatus":$part7,"modelName":$part7,"mode":$part7,"fromSource":$part7,"platform":$part7,"width":$part11,"height":$part11,"resolution":{"type":$part0,"properties":{"width":$part11,"height":$part11}},"resolutionName":$part7,"videoDuration":$part12,"videoExtensionStartTime":$part12,"rRated":$part9,"isFavorite":$part9,"isHiddenForClient":$part9,"isTemporaryVideoGenPlaceholder":$part9,"upscalingInProgress":$part9,"availableActions":$part8,"userInteractionStatus":{"type":$part0,"properties":{"likeStatus":$part7}}}}];
const $part14 = {"type":$part0};
const $part15 = [{"properties":{"images":$part4,"videos":$part4,"childPosts":{"type":$part3,"items":{"type":[$part0,"string"],"allOf":$part13}},"inputMediaItems":$part4,"originalPost":$part14},"allOf":$part13}];
const $part16 = [$part0,"null"];
const $part17 = {"type":$part0,"additionalProperties":$part8};
const $part18 = {"maxRetries":$part11,"autoRetryEnabled":$part9,"lastPromptValue":$part7,"videoGoal":$part11};
const $part19 = {"type":["string","null"]};
const $part20 = {"type":$part3,"items":{"type":$part0,"properties":{"attempt":$part11,"percent":{"type":"number","minimum":0,"maximum":100},"recordedAt":$part11},"required":["attempt","percent","recordedAt"]}};
const $part21 = {"type":"string","enum":["idle","pending","success","failure","cancelled"]};
const $part22 = {"type":$part16,"properties":{"outcome":$part21,"completedVideos":$part11,"videoGoal":$part11,"retriesAttempted":$part11,"maxRetries":$part11,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"endedAt":$part11},"required":["outcome","completedVideos","videoGoal","retriesAttempted","maxRetries","creditsUsed","layer1Failures","layer2Failures","layer3Failures","endedAt"]};
const $part23 = ["isActive","retryCount","videosGenerated","currentPostId","processedAttemptIds","lastAttemptTime","lastFailureTime","canRetry","attemptProgress","creditsUsed","layer1Failures","layer2Failures","layer3Failures","outcome","logs","lastSessionSummary"];
const $part24 = {"type":$part0,"additionalProperties":{"type":$part0,"properties":$part18,"required":["maxRetries","autoRetryEnabled","lastPromptValue","videoGoal"]}};
const $part25 = "sessionByMediaId";
const $part26 = "persistentByMediaId";
const $part27 = {"type":["integer","null"],"minimum":0};
const $part28 = {"type":$part0,"additionalProperties":$part7};
const $part29 = [$part25,$part26,"activeSessionMediaId","promptBuffer"];
const siteV1 = /* @__PURE__ */ $guard({"type":$part0,"required":$part1,"properties":{"state":{"type":$part0,"required":["byId","favoritesById",$part2,"imageByMediaId"],"properties":{"byId":{"type":$part0,"additionalProperties":{"type":$part0,"allOf":$part15}},"favoritesById":{"type":$part0,"additionalProperties":{"type":$part0,"required":["id","prompt","mediaType"],"properties":{"id":{}},"allOf":$part15}},"videoByMediaId":{"type":$part0,"additionalProperties":{"type":$part3,"items":{"type":$part16,"required":["videoId","parentPostId","progress","moderated"],"properties":{"parentPostId":{},"progress":{},"createTime":{}},"allOf":$part15}}},"imageByMediaId":{"type":$part0,"additionalProperties":{"type":$part3,"items":{"type":$part0,"required":["id","prompt"],"properties":{"id":{}},"allOf":$part15}}}}},"version":$part11}});
const siteAltD1 = /* @__PURE__ */ $guard({"type":$part0,"required":$part1,"properties":{"state":{"type":$part0,"required":[$part2],"properties":{"videoByMediaId":{"type":$part0,"additionalProperties":{"type":$part3,"items":{"type":$part16,"required":["id","status","prompt","moderated"],"properties":{"id":$part6,"status":$part7,"prompt":$part7,"moderated":$part9}}}},"byId":$part14,"favoritesById":{"type":$part0,"additionalProperties":$part14},"imageByMediaId":{"type":$part0,"additionalProperties":$part4}}},"version":$part11}});
const siteAltD2 = /* @__PURE__ */ $guard({"type":$part0,"required":["state"],"properties":{"state":{"type":$part0,"required":[$part2,"imageByMediaId"],"properties":{"videoByMediaId":{"type":$part0,"additionalProperties":{"type":$part3,"items":{"type":$part16,"required":["videoId","parentPostId","progress","moderated","mediaUrl","videoUrl","thumbnailImageUrl","videoPrompt",$part5,"videoDuration","mode","width","height","resolutionName","modelName","rRated","imageReference"],"properties":{"videoId":$part6,"videoPostId":$part7,"parentPostId":$part7,"progress":$part10,"moderated":$part9,"mediaUrl":$part7,"videoUrl":$part7,"thumbnailImageUrl":$part7,"videoPrompt":$part7,"createTime":$part7,"videoDuration":$part12,"mode":$part7,"width":$part11,"height":$part11,"resolutionName":$part7,"modelName":$part7,"rRated":$part9,"imageReference":$part7}}}},"imageByMediaId":{"type":$part0,"additionalProperties":{"type":$part0,"required":["id","prompt","originalPrompt","mediaUrl",$part5,"moderated","width","height","videos","childPosts"],"properties":{"id":$part6,"prompt":$part7,"originalPrompt":$part6,"mediaUrl":$part6,"mediaType":$part7,"createTime":$part7,"progress":$part10,"moderated":$part9,"width":$part11,"height":$part11,"images":$part4,"videos":$part4,"childPosts":$part8}}}}}}});
const siteAltSecond = /* @__PURE__ */ $guard({"type":$part0,"required":$part1,"properties":{"state":{"type":$part0,"required":["byId",$part2],"properties":{"byId":{"type":$part0,"additionalProperties":{"type":$part0,"required":["id","mediaUrl",$part5],"properties":{"id":$part7,"parentPostId":$part7,"rootPostId":$part7,"responseId":$part7,"parentResponseId":$part7,"isTemporaryVideoGenPlaceholder":$part9,"mediaType":$part7,"mediaUrl":$part7,"prompt":$part7,"createTime":$part7,"progress":{"type":"number"},"moderated":$part9,"isModerated":$part9}}},"videoByMediaId":$part17,"imageByMediaId":$part17,"favoritesById":{"type":$part0,"additionalProperties":$part9}}},"version":$part11}});
const postV1 = /* @__PURE__ */ $guard({"type":$part0,"properties":$part18});
const postV2 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"maxRetries":$part11,"autoRetryEnabled":$part9,"lastPromptValue":$part7,"videoGoal":$part11,"videoGroup":$part8}});
const postV3 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"maxRetries":$part11,"autoRetryEnabled":$part9,"lastPromptValue":$part7,"videoGoal":$part11,"videoGroup":$part8,"originalMediaId":$part19}});
const postAltQueue = /* @__PURE__ */ $guard({"type":$part0,"properties":{"maxRetries":$part11,"autoRetryEnabled":$part9,"lastPromptValue":$part7,"videoGoal":$part11,"videoGroup":$part8,"promptQueue":$part8}});
const sessionV1 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"retryCount":$part11,"isSessionActive":$part9,"videosGenerated":$part11,"lastAttemptTime":$part11}});
const sessionV2 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"retryCount":$part11,"isSessionActive":$part9,"videosGenerated":$part11,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"logs":$part8}});
const sessionV3 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"retryCount":$part11,"isSessionActive":$part9,"videosGenerated":$part11,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"logs":$part8,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11}});
const sessionV4 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"retryCount":$part11,"isSessionActive":$part9,"videosGenerated":$part11,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"logs":$part8,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"lastSessionOutcome":$part21,"lastSessionSummary":$part22}});
const sessionV5 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"retryCount":$part11,"isSessionActive":$part9,"videosGenerated":$part11,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"logs":$part8,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"lastSessionOutcome":$part21,"lastSessionSummary":$part22,"sessionMediaId":$part19}});
const sessionV6 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"retryCount":$part11,"isSessionActive":$part9,"videosGenerated":$part11,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"logs":$part8,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"lastSessionOutcome":$part21,"lastSessionSummary":$part22,"sessionMediaId":$part19,"maxRetries":$part11,"autoRetryEnabled":$part9,"lastPromptValue":$part7,"videoGoal":$part11,"videoGroup":$part8,"originalMediaId":$part19}});
const sessionAltQueue = /* @__PURE__ */ $guard({"type":$part0,"properties":{"retryCount":$part11,"isSessionActive":$part9,"videosGenerated":$part11,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"logs":$part8,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"lastSessionOutcome":$part21,"lastSessionSummary":$part22,"sessionMediaId":$part19,"currentPromptIndex":$part11}});
const sessionsV1 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"state":{"type":$part0,"properties":{"sessionByMediaId":{"type":$part0,"additionalProperties":{"type":$part0,"properties":{"isActive":$part9,"retryCount":$part11,"videosGenerated":$part11,"currentPostId":$part19,"processedAttemptIds":$part8,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"outcome":$part21,"logs":$part8,"lastSessionSummary":$part22},"required":$part23}},"persistentByMediaId":$part24},"required":[$part25,$part26]},"version":$part11},"required":$part1});
const sessionsV2 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"state":{"type":$part0,"properties":{"sessionByMediaId":{"type":$part0,"additionalProperties":{"type":$part0,"properties":{"isActive":$part9,"retryCount":$part11,"videosGenerated":$part11,"currentPostId":$part19,"processedAttemptIds":$part8,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"outcome":$part21,"logs":$part8,"lastSessionSummary":$part22,"pendingRetryAt":$part27,"pendingRetryPrompt":$part19},"required":$part23}},"persistentByMediaId":$part24,"activeSessionMediaId":$part19},"required":[$part25,$part26,"activeSessionMediaId"]},"version":$part11},"required":$part1});
const sessionsV3 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"state":{"type":$part0,"properties":{"sessionByMediaId":{"type":$part0,"additionalProperties":{"type":$part0,"properties":{"isActive":$part9,"retryCount":$part11,"videosGenerated":$part11,"currentPostId":$part19,"processedAttemptIds":$part8,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"outcome":$part21,"logs":$part8,"lastSessionSummary":$part22,"pendingRetryAt":$part27,"pendingRetryPrompt":$part19,"pendingRetryOverride":$part9},"required":$part23}},"persistentByMediaId":$part24,"activeSessionMediaId":$part19,"promptBuffer":$part28},"required":$part29},"version":$part11},"required":$part1});
const sessionsV4 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"state":{"type":$part0,"properties":{"sessionByMediaId":{"type":$part0,"additionalProperties":{"type":$part0,"properties":{"isActive":$part9,"retryCount":$part11,"videosGenerated":$part11,"currentPostId":$part19,"processedAttemptIds":$part8,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"outcome":$part21,"logs":$part8,"lastSessionSummary":$part22,"pendingRetryAt":$part27,"pendingRetryPrompt":$part19,"pendingRetryOverride":$part9,"currentAttemptNumber":$part11},"required":$part23}},"persistentByMediaId":$part24,"activeSessionMediaId":$part19,"promptBuffer":$part28},"required":$part29},"version":$part11},"required":$part1});
const sessionsV5 = /* @__PURE__ */ $guard({"type":$part0,"properties":{"state":{"type":$part0,"properties":{"sessionByMediaId":{"type":$part0,"additionalProperties":{"type":$part0,"properties":{"isActive":$part9,"retryCount":$part11,"videosGenerated":$part11,"currentPostId":$part19,"processedAttemptIds":$part8,"lastAttemptTime":$part11,"lastFailureTime":$part11,"canRetry":$part9,"attemptProgress":$part20,"creditsUsed":$part11,"layer1Failures":$part11,"layer2Failures":$part11,"layer3Failures":$part11,"outcome":$part21,"logs":$part8,"lastSessionSummary":$part22,"pendingRetryAt":$part27,"pendingRetryPrompt":$part19,"pendingRetryOverride":$part9,"currentAttemptNumber":$part11,"sessionActivatedAt":$part11},"required":$part23}},"persistentByMediaId":$part24,"activeSessionMediaId":$part19,"promptBuffer":$part28},"required":$part29},"version":$part11},"required":$part1});
const sessionsAltByPost = /* @__PURE__ */ $guard({"type":$part0,"properties":{"state":{"type":$part0,"properties":{"sessionByPostId":{"type":$part0,"additionalProperties":{"type":$part0,"properties":{"isActive":$part9,"retryCount":$part11,"videosGenerated":$part11}}},"persistentByPostId":{"type":$part0,"additionalProperties":{"type":$part0,"properties":{"maxRetries":$part11,"autoRetryEnabled":$part9,"videoGoal":$part11}}}},"required":["sessionByPostId","persistentByPostId"]},"version":$part11},"required":$part1});
return { siteV1, siteAltD1, siteAltD2, siteAltSecond, postV1, postV2, postV3, postAltQueue, sessionV1, sessionV2, sessionV3, sessionV4, sessionV5, sessionV6, sessionAltQueue, sessionsV1, sessionsV2, sessionsV3, sessionsV4, sessionsV5, sessionsAltByPost };
})();
$parts["agreements"] = (() => {
const agreements = {"attempt_details":[["the image's child posts agree on the attempts","site store","child posts"]],"latest_outcome":[["the last entry is the newest","last entry","newest entry by time"]],"original_image_prompt":[["favourites and images agree on the prompt","image record","favourites"]],"parent_image_of_video":[["the image's child posts agree on the image","site store","child posts"],["the grouped sessions agree on the image","site store","grouped sessions"]],"parent_image_url":[["the videos name the image's address","image record","image reference of its videos"]],"progress_of_video":[["the image's child posts agree on the progress","site store","child posts"]],"recent_video":[["the attempts that name the image agree","site store","attempts that name the image"]],"session_state":[["the image's child posts agree on the videos","site store","child posts"]],"session_summary":[["favourites and images agree on the summary","image record","favourites"]],"storage_of_page":[["the image's child posts agree on everything","site store","child posts"]],"storage_sync_hook":[["the image's child posts agree on everything","hook","child posts"]],"video_group":[["the image's child posts agree on the videos","site store","child posts"],["the post record agrees on the videos","site store","post record"],["the grouped sessions agree on the videos","site store","grouped sessions"]]};
return { agreements };
})();
$parts["later"] = (() => {
const { fact, inputOf } = $parts["fact"];
const { resolve } = $parts["resolver"];
// A derived fact whose reading code answers promises.


/** As `fact`, but the function gives a promise of the answer. It is never rejected. */
function laterFact(...given) {
  const definition = { ...fact(...given).definition, later: true };
  return Object.assign((stores, params) => settled(definition, inputOf(definition, stores, params)), { definition });
}

/** Walk the sources as `resolve` does, with what their promises held. */
async function settled(definition, input) {
  const tried = [];
  for (const source of definition.sources) {
    const answer = resolve({ ...definition, sources: [await ahead(source, input)] }, input);
    tried.push(...answer.tried);
    if (answer.tried.length === 0) return { ...answer, tried };
  }
  return { ...resolve({ sources: [] }, input), tried };
}

/** A source whose functions answer at once: the guard first, and only while it holds the rest. */
async function ahead({ derive, needs, ...rest }, input) {
  if (typeof derive !== "function") return rest;
  const guard = needs && (await held(needs, input));
  const trusted = guard === undefined || guard.value === true;
  const answer = trusted ? await held(derive, input) : { give: derive };
  return { ...rest, ...(guard && { needs: guard.give }), derive: answer.give };
}

async function held(reader, input) {
  try {
    const value = await reader(input);
    return { value, give: () => value };
  } catch (error) {
    return {
      give() {
        throw error;
      },
    };
  }
}
return { laterFact, settled };
})();
$parts["report"] = (() => {
const { agreements } = $parts["agreements"];
const { inputOf } = $parts["fact"];
const { settled } = $parts["later"];
const { resolve } = $parts["resolver"];
const { same } = $parts["same"];
// Tells of every step down to a lesser source and of every disagreement of sources, sampled and without a value.


// What a thrown error says may hold what the page wrote; its class does not.
const THROWN = /^((?:needs )?throws )(?:((?:Type|Range|Reference|Syntax|URI|Eval)?Error)\b)?[^]*$/;
const withoutWords = (why) => why.replace(THROWN, (_, throws, kind) => throws + (kind ?? "something"));

/**
 * Make what asks facts and tells of what it finds.
 *
 * @param {{tell: (event: object) => void, sample?: number, random?: () => number}} options  `sample` is the share of all
 *        questions that are told of, from 0 to 1. What `tell` throws is nobody's concern.
 */
function createReporter({ tell, sample = 1, random = Math.random }) {
  const told = (event) => {
    try {
      tell(event);
    } catch {
      // A fact is answered whether or not somebody listens.
    }
  };
  const stepDown = ({ name }, { source, level, tried }) => {
    if (tried.length === 0) return;
    const passed = tried.map((one) => ({ source: one.source, why: withoutWords(one.why) }));
    told({ event: "step-down", fact: name, source, level, passed });
  };
  const differing = ({ name }, [agreement, ...between], [one, other]) => {
    if (one.source === "" || other.source === "" || same(one.value, other.value)) return;
    told({ event: "disagreement", fact: name, agreement, between });
  };
  /** The definition of a fact with one of its sources alone. */
  const alone = (definition, source) => {
    const sources = definition.sources.filter(({ name }) => name === source);
    return { ...definition, sources };
  };
  const askLater = async (definition, input, isTold) => {
    const answer = await settled(definition, input);
    if (!isTold) return answer;
    stepDown(definition, answer);
    for (const agreement of agreements[definition.name] ?? []) {
      const [, ...between] = agreement;
      const both = between.map((source) => settled(alone(definition, source), input));
      differing(definition, agreement, await Promise.all(both));
    }
    return answer;
  };
  return {
    ask(fact, stores, params) {
      const { definition } = fact;
      const input = inputOf(definition, stores, params);
      const isTold = random() < sample;
      if (definition.later) return askLater(definition, input, isTold);
      const answer = resolve(definition, input);
      if (!isTold) return answer;
      stepDown(definition, answer);
      for (const agreement of agreements[definition.name] ?? []) {
        const [, ...between] = agreement;
        differing(definition, agreement, between.map((source) => resolve(alone(definition, source), input)));
      }
      return answer;
    },
  };
}
return { createReporter };
})();
$parts["fingerprint"] = (() => {
// Call it in a content script of the extension, and keep or send its answer: a text of at most 4 KB without a value.
// `driftwright check FILE` judges the text.


const LIMIT = { depth: 128, nodes: 2_000_000, units: 16 * 1024 * 1024, databases: 50, records: 5000, patience: 3000 };
const OVERSIZE = { name: "oversize" }; // thrown and caught here; carries nothing of the page
const NO_RULE = Object.freeze({});
const own = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
const byKey = (one, two) => (one.key < two.key ? -1 : Number(one.key > two.key));
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const put = (object, name, value) => {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  return object;
};
const freeName = (object, name, counts) => {
  let count = counts.get(name) ?? 0;
  let free;
  do free = `${name}_${++count > 1 ? count : ""}`;
  while (own(object, free));
  counts.set(name, count);
  return free;
};

const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const UUID = new RegExp(`^${ID}$`, "i");
const endsWithId = (text) => text.length > 36 && text[text.length - 13] === "-" && UUID.test(text.slice(-36));
const DIGITS = /^[0-9]+$/;
const NUMERIC = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:([T ])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const LOCAL_DATE = /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[APap][Mm])?)?$/;
const HEX = /^(?=[a-f]*[0-9])[0-9a-f]{8,}$/i;
const JSON_LIKE = /^[{[][^]*[}\]]$/;
const URL_LIKE = new RegExp(`^([a-z][a-z0-9+.-]*):(?://|[^${SPACE}/])[^${SPACE}]*$`, "i");
const TOKEN = /^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}$/;
const WORD = /^[A-Za-z][A-Za-z0-9_.-]*$/;
const NAME = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
const PATH = new RegExp(`^(\\.{0,2}/)?[^${SPACE}/]+(?:/[^${SPACE}/]+)+(/?)$`);
const URL_FORMS = new Map([["blob", "blob"], ["data", "data"], ...["http", "https", "file", "ws", "wss"].map((name) => [name, "url"])]); // prettier-ignore

function numericForm(text) {
  if (DIGITS.test(text)) return "digits";
  if (NUMERIC.test(text)) return "numeric";
  if (TIME.test(text)) return "time";
  return LOCAL_DATE.test(text) ? "local-date" : "";
}

function formOf(text) {
  const head = text.charCodeAt(0);
  const numeric = head < 0x3a && head > 0x2a ? numericForm(text) : ""; // a digit, a sign or a point
  if (numeric) return numeric;
  if (text.length === 36 && UUID.test(text)) return "uuid";
  if (text.includes(" ")) return JSON_LIKE.test(text) ? "json" : "text"; // no other form has a blank
  if (HEX.test(text)) return "hex";
  if (JSON_LIKE.test(text)) return "json";
  const url = URL_LIKE.exec(text);
  const form = url && URL_FORMS.get(url[1].toLowerCase());
  if (form) return form;
  if (TOKEN.test(text)) return "token";
  if (WORD.test(text)) return "word";
  return PATH.test(text) ? "path" : "text";
}

const STRUCTURAL =
  `a action active activity after all an and any app archived array as asset at attempt auth available avatar base batch
  before body boolean bucket buffer build by cache can category channel child children code collection color column config
  content context count counter create created current cursor data date deep default delete deleted depth description
  detail device disabled done draft duration edge edited element enabled end entity entry error event exist expire
  expiry extra failed feature field file filter first flag folder for format frame from full global group has hash
  header height hidden history id ids image in index info initial input is item items job json key kind label last
  length level limit link list loaded loading local locale lock locked map max media member message meta metadata
  migrate min mode model moderate moderated modified more name new next no node note null number object of offset old
  on open option order origin output override owner page parent part path payload pending percent persist position
  post prev preview previous primary priority private process progress prompt property provider public query queue
  quality rate ratio raw read ready reason record ref reference request response result retry revision role root row
  schema scope score seen selected seq sequence session set setting shape share size sort source src start started
  state stats status step storage store stream string sub success sync synced system tab table tag target task text
  theme thumb thumbnail time timestamp title to token total tree type ui unread update updated uri url use used user uuid
  val valid value variant version video view visible visibility was width with word work workspace year`.split(/\s+/);

const stems = (word) => {
  const bare = word.replace(/[0-9]+$/, "");
  const found = [bare];
  for (const ending of ["s", "es", "d", "ed", "ing"]) {
    const stem = bare.endsWith(ending) ? bare.slice(0, -ending.length) : "";
    if (stem.length >= 3) found.push(stem, `${stem}e`);
  }
  if (bare.endsWith("ies") && bare.length > 4) found.push(`${bare.slice(0, -3)}y`);
  return found;
};
const MOST_DIGITS_OF_WORD = 2;
const MOST_DIGITS_OF_NAME = 3;
const isNumbered = (word) => /[0-9]/.test(word.slice(0, -MOST_DIGITS_OF_WORD));
const JOINTS = "_$.:/-"; // what may stand between the words of a name
const IS_NAME = new RegExp(`^[A-Za-z0-9${JOINTS}]+$`);
const IS_JOINT = new RegExp(`^[${JOINTS}]+$`);

const squeezed = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "");

function namesOf(rule, found = new Set()) {
  for (const [name, below] of Object.entries(rule.fields ?? {})) namesOf(below, found.add(name));
  for (const below of [rule.values, rule.items]) if (below) namesOf(below, found);
  return found;
}
const vocabularyOf = (policy) =>
  vocabulary(policy.words ?? [], (policy.stores ?? []).flatMap((store) => [...namesOf(store.rule ?? NO_RULE)]));

function vocabulary(words, declaredNames) {
  const allowed = new Set();
  const whole = new Set(declaredNames.map(squeezed).filter((name) => name.length > 2));
  for (const word of [...STRUCTURAL, ...words]) for (const stem of stems(String(word).toLowerCase())) allowed.add(stem);
  const spoken = (name) => {
    if (name.length > 80 || !IS_NAME.test(name)) return false;
    if (whole.has(squeezed(name))) return true; // a declared name in another style of writing
    if (name.replace(/[^0-9]+/g, "").length > MOST_DIGITS_OF_NAME) return false;
    const parts = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2");
    const said = parts.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
    const known = (word) => /^[a-z]/.test(word) && !isNumbered(word) && stems(word).some((stem) => allowed.has(stem));
    return said.length > 0 && said.every((word) => known(word.toLowerCase()));
  };
  const asked = new Map();
  return (name) => {
    if (!asked.has(name)) asked.set(name, spoken(name));
    return asked.get(name);
  };
}
const reason = (error) => (/^[A-Za-z]{1,40}$/.test(error?.name ?? "") ? error.name : "Error");

function pageArea(area, storage) {
  try {
    const held = storage();
    const length = Object.getOwnPropertyDescriptor(Storage.prototype, "length").get.call(held);
    const keys = Array.from({ length }, (_, index) => Storage.prototype.key.call(held, index));
    return { area, entries: keys.map((key) => [key, Storage.prototype.getItem.call(held, key) ?? ""]) };
  } catch (error) {
    return { area, entries: [], denied: reason(error) };
  }
}

async function extensionArea(area, name) {
  try {
    const held = await globalThis.chrome.storage[name].get(null);
    return { area, entries: Object.keys(held).map((key) => [key, JSON.stringify(held[key]) ?? "null"]) };
  } catch (error) {
    return { area, entries: [], denied: reason(error) };
  }
}

const LETTER = { null: "n", boolean: "b", integer: "i", number: "f", array: "a", object: "o" }; // a text is told by its form
const MOST = 3300; // characters for the areas, so that the whole stays below 4 KB
const DEEPEST = 12;

const typeOf = (value) => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};
const tally = (counts, name) => put(counts, name, (own(counts, name) ? counts[name] : 0) + 1);

function textForm(text) {
  if (text === "") return "empty";
  if (text === "true" || text === "false") return "boolean";
  const form = formOf(text);
  if (form !== "time") return form;
  const [, , , , joint, , , , , zone] = TIME.exec(text);
  return !joint ? "date" : !zone ? "time-local" : zone === "Z" ? "time-utc" : "time-offset";
}

function keyForm(key) {
  const form = formOf(key);
  if (["uuid", "digits", "hex", "token", "word"].includes(form)) return form === "token" && (key.match(/[0-9]/g) ?? []).length < 4 && WORD.test(key) ? "word" : form;
  return endsWithId(key) ? "prefixed" : key.includes("/") ? "path" : "text";
}
function keyedBy(maps, below) {
  const hits = {};
  const look = (key, value, node) => {
    if (Array.isArray(value)) for (const item of value) look(key, item, node?.l);
    else if (isObject(value) && node?.p) {
      tally(hits, "*");
      for (const [name, part] of Object.entries(value)) if (part === key) tally(hits, name);
    }
  };
  for (const map of maps) for (const [key, value] of Object.entries(map)) look(key, value, below);
  return hits;
}
const hides = (rule) => rule === 1 || rule.redact === "mask";

function folder(said, deepest) {
  const nameOf = (name, rule) => (own(rule.fields ?? {}, name) || said(name) ? name : `x_${keyForm(name)}`);
  const fold = (column, rule, depth) => {
    const node = {};
    for (const value of column) {
      if (typeof value === "string") tally((node.s ??= {}), textForm(value));
      else tally(node, LETTER[typeOf(value)]);
    }
    const flags = hides(rule) ? 0 : column.filter((value) => value === true).length;
    if (flags) node.y = flags;
    const lists = column.filter(Array.isArray);
    const objects = column.filter(isObject);
    const empty = [...lists, ...objects].filter((value) => Object.keys(value).length === 0).length;
    if (empty) node.e = empty;
    if (depth >= deepest) {
      if (lists.length + objects.length > empty) node.c = 1;
      return node;
    }
    if (lists.length) node.l = fold(lists.flat(), rule.items ?? NO_RULE, depth + 1);
    if (objects.length) held(node, objects, rule, depth);
    return node;
  };
  const held = (node, objects, rule, depth) => {
    const names = objects.flatMap(Object.keys);
    const unsaid = names.filter((name) => !said(name) && !own(rule.fields ?? {}, name)).length;
    if (rule.values !== undefined || (!rule.fields && names.length > 0 && unsaid === names.length)) {
      node.k = {};
      for (const name of names) tally(node.k, keyForm(name));
      node.v = fold(objects.flatMap(Object.values), rule.values ?? NO_RULE, depth + 1);
      node.q = keyedBy(objects, node.v);
      for (const name of Object.keys(node.q)) if (name !== "*" && !said(name)) delete node.q[name];
      return;
    }
    const columns = {};
    for (const object of objects) {
      for (const [name, value] of Object.entries(object)) {
        const shown = nameOf(name, rule);
        if (!own(columns, shown)) put(columns, shown, []);
        columns[shown].push(value);
      }
    }
    node.p = {};
    for (const name of Object.keys(columns)) {
      put(node.p, name, fold(columns[name], own(rule.fields ?? {}, name) ? rule.fields[name] : NO_RULE, depth + 1));
    }
  };
  return fold;
}

const WORDS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;
function saidBy(stores) {
  const names = stores.flatMap((store) => [...namesOf(store.rule), ...(store.names ?? "").split(" ")]);
  const words = [...names, ...stores.map((store) => store.key)].flatMap((name) => name.match(WORDS) ?? []);
  return vocabulary(words, names);
}

function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON
  }
}
function boundBy(pattern, key) {
  const [before, after] = pattern.split(/\{[^{}]+\}/);
  if (after === undefined) return key === pattern ? "" : undefined;
  const fits = key.length > before.length + after.length && key.startsWith(before) && key.endsWith(after);
  return fits ? key.slice(before.length, key.length - after.length) : undefined;
}
function sorted({ area, entries, denied }, stores) {
  const here = [];
  const strays = [];
  const known = new Set();
  for (const { name, area: home, key, rule } of stores) {
    const found = entries.filter(([held]) => boundBy(key, held) !== undefined);
    const isPattern = key.includes("{");
    const stray = (part) => strays.push({ key: part, ids: {}, store: name, size: 0, form: "text", value: null });
    for (const entry of found) known.add(entry);
    if (home !== area) {
      if (found.length > 0 && !isPattern) stray(key);
      continue;
    }
    const values = found.map(([held, text]) => [boundBy(key, held), text.length > LIMIT.units ? undefined : valueOf(text)]);
    const whole = values.filter(([, value]) => value !== undefined);
    if (whole.length === 0) {
      if (found.length > 0) stray(key.replace(/\{[^{}]+\}/, ""));
    } else if (isPattern) {
      const all = {};
      for (const [id, value] of whole) put(all, id, value);
      here.push({ name, value: all, rule: { values: rule }, deepest: DEEPEST });
    } else here.push({ name, value: whole[0][1], rule, deepest: DEEPEST });
  }
  return { area, others: entries.length - known.size, denied: denied ?? "", here, entries: strays };
}
function shapesOf(stores, areas) {
  const said = saidBy(stores);
  const views = areas.map((view) => sorted(view, stores));
  const all = views.flatMap((view) => view.here);
  const order = stores.map((store) => store.name);
  const shape = (store) => {
    store.node = folder(said, store.deepest)([store.value], store.rule, 0);
  };
  all.forEach(shape);
  const told = () =>
    views.map(({ area, others, denied, here, entries }) => ({
      area, others, entries, ...(denied ? { denied } : {}), shapes: Object.fromEntries(here.map((store) => [store.name, store.node])),
    }));
  for (const store of [...all].sort((one, two) => order.indexOf(two.name) - order.indexOf(one.name))) {
    while (store.deepest > 0 && JSON.stringify(told()).length > MOST) {
      store.deepest -= 1;
      shape(store);
    }
  }
  return told();
}


const PART_0 = {"fields":{}};
const PART_1 = {"fields":{"audioUrls":{"items":1},"blobSrc":1,"childPosts":{"items":{"fields":{"audioUrls":{"items":1},"blobSrc":1,"createTime":1,"hdMediaUrl":1,"id":0,"imageReference":1,"lastFrameThumbnailImageUrl":1,"mediaUrl":1,"originalPrompt":1,"prompt":1,"resolution":PART_0,"thumbnailImageUrl":1,"title":1,"userInteractionStatus":PART_0,"videoPrompt":1,"videoUrl":1,"watermarkedMediaUrl":1}}},"createTime":1,"hdMediaUrl":1,"id":0,"imageReference":1,"lastFrameThumbnailImageUrl":1,"mediaUrl":1,"originalPrompt":1,"prompt":1,"resolution":PART_0,"thumbnailImageUrl":1,"title":1,"userInteractionStatus":PART_0,"videoPrompt":1,"videoUrl":1,"watermarkedMediaUrl":1}};
const PART_2 = {"values":PART_1};
const PART_3 = {"fields":{"attemptProgress":{"items":PART_0},"lastSessionSummary":PART_0}};
const PART_4 = {"values":PART_0};
const STORES = [{"name":"site","area":"session","key":"useMediaStore","rule":{"fields":{"state":{"fields":{"byId":PART_2,"favoritesById":PART_2,"imageByMediaId":{"values":{"fields":{"createTime":1,"id":0,"mediaUrl":1,"originalPrompt":1,"prompt":1},"items":PART_1}},"videoByMediaId":{"values":{"items":PART_1}}}}}},"names":"state videoByMediaId status prompt moderated videoId videoPostId parentPostId progress mediaUrl videoUrl thumbnailImageUrl videoPrompt createTime videoDuration mode width height resolutionName modelName rRated imageReference itemId optimisticId inflightId rootPostId originalPostId originalRefType responseId parentResponseId conversationId userId mediaType mimeType hdMediaUrl watermarkedMediaUrl blobSrc lastFrameThumbnailImageUrl audioUrls originalPrompt title isGenerated complete isModerated mediaStatus fromSource platform resolution videoExtensionStartTime isFavorite isHiddenForClient isTemporaryVideoGenPlaceholder upscalingInProgress availableActions userInteractionStatus likeStatus images videos childPosts inputMediaItems originalPost byId favoritesById imageByMediaId version"},{"name":"post","area":"extension-local","key":"grokRetryPost_{parent}","rule":PART_0,"names":"maxRetries autoRetryEnabled lastPromptValue videoGoal videoGroup promptQueue originalMediaId"},{"name":"session","area":"session","key":"grokRetrySession_{parent}","rule":PART_3,"names":"retryCount isSessionActive videosGenerated lastAttemptTime lastFailureTime canRetry logs attemptProgress attempt percent recordedAt creditsUsed layer1Failures layer2Failures layer3Failures lastSessionOutcome lastSessionSummary outcome completedVideos retriesAttempted endedAt sessionMediaId currentPromptIndex"},{"name":"sessions","area":"session","key":"useGrokRetryVideoSessions_store","rule":{"fields":{"state":{"fields":{"persistentByMediaId":PART_4,"persistentByPostId":PART_4,"promptBuffer":{"values":0},"sessionByMediaId":{"values":PART_3},"sessionByPostId":PART_4}}}},"names":"sessionByPostId isActive persistentByPostId sessionByMediaId currentPostId processedAttemptIds pendingRetryAt pendingRetryPrompt pendingRetryOverride currentAttemptNumber sessionActivatedAt persistentByMediaId activeSessionMediaId promptBuffer"}];
const READING = { "session": (area) => pageArea(area, () => globalThis.sessionStorage), "local": (area) => pageArea(area, () => globalThis.localStorage), "extension-local": (area) => extensionArea(area, "local"), "extension-sync": (area) => extensionArea(area, "sync") };

const LABELS = { app: /^[0-9A-Za-z.+_-]{1,32}$/, country: /^[A-Z]{2}$/ };

/** The labels that are what they should be; the version is that of the extension, unless another is given. */
function labelsOf(given) {
  let own;
  try {
    own = globalThis.chrome?.runtime?.getManifest?.().version;
  } catch {
    own = undefined; // no extension
  }
  const said = { app: given?.app ?? own, country: given?.country };
  const isSound = ([name, value]) => typeof value === "string" && LABELS[name].test(value);
  return Object.fromEntries(Object.entries(said).filter(isSound));
}

/**
 * A promise of the text; `target` is the name of the page, as the workspace calls it, and `labels` may hold `app`, a
 * version, and `country`, two capital letters. Send it once a day: it holds the day, and nothing that names a user.
 */
async function storageFingerprint(target = "standin", labels = {}) {
  const areas = await Promise.all(Object.keys(READING).map((area) => READING[area](area)));
  const provenance = {
    ...{"state": "", "browser": "unknown", "tool": "0.1.0", "way": "fingerprint"},
    target,
    origin: globalThis.location?.origin ?? "",
    taken_at: new Date().toISOString().slice(0, 10) + "T00:00:00Z",
  };
  const told = { format: "snapshot-v1", provenance, redaction: {"redactor": "sha256:da76142f07a80cd9250d5e717b26b87190b4a57ac76b2484d4663b6cf1350dad", "policy": "sha256:eb504c0a58ff13c02b26b55fcbada46ecb8618f11b57cd8341db409d7023119c"}, labels: labelsOf(labels) };
  return JSON.stringify({ ...told, areas: shapesOf(STORES, areas) });
}
return { storageFingerprint };
})();
return { facts: $parts["facts"], stores: $parts["stores"], guards: $parts["guards"], report: $parts["report"], fingerprint: $parts["fingerprint"] };
})();
