// What holds in every legitimate state of the site's store and keeps the readers right. A list of another shape is left
// to the rules of structure: one cause, one finding.

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === "string" && value !== "";

const isPlayable = (url) => /^(?:https?:|blob:|data:|\/)/.test(url);

function listed(site, parent) {
  const list = site?.state?.videoByMediaId?.[parent];
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** On the scale the list uses, every attempt has ended. */
export function noneUnfinished({ site, parent }) {
  const steps = listed(site, parent).map((entry) => entry.progress).filter((progress) => typeof progress === "number");
  const done = steps.some((progress) => progress > 1) ? 100 : 1;
  return steps.every((progress) => progress >= done);
}

/** The same for every image of the map. */
export function noneUnfinishedAnywhere({ site }) {
  return Object.keys(site?.state?.videoByMediaId ?? {}).every((parent) => noneUnfinished({ site, parent }));
}

/** A success is told by its address: what still runs must have none. */
export function noneUnfinishedHasAddress({ site, parent }) {
  const runs = (entry) => entry.progress > 1 && entry.progress < 100;
  return listed(site, parent).filter(runs).every((entry) => !entry.mediaUrl);
}

export function progressIsHundred({ site, parent }) {
  return listed(site, parent).every((entry) => entry.progress === 100);
}

/**
 * Moderated attempts have no address, all others have one; one that still runs has neither. A word in place of the
 * empty text is no address either.
 */
export function flagMatchesUrl({ site, parent }) {
  const fits = (entry) => (entry.moderated ? !isPlayable(entry.mediaUrl) : entry.mediaUrl !== "");
  const told = (entry) =>
    typeof entry.moderated === "boolean" && typeof entry.mediaUrl === "string" && !(entry.progress > 1 && entry.progress < 100);
  return listed(site, parent).filter(told).every(fits);
}

/** The same for every image of the map. */
export function allFlagsMatchUrls({ site }) {
  return Object.keys(site?.state?.videoByMediaId ?? {}).every((parent) => flagMatchesUrl({ site, parent }));
}

/** A video that was asked for with a text of its own says which. */
export function customHasPrompt({ site, parent }) {
  return listed(site, parent).every((entry) => entry.mode !== "custom" || entry.videoPrompt !== "");
}

export function idsDiffer({ site, parent }) {
  const ids = listed(site, parent).map((entry) => entry.videoId).filter(isText);
  return new Set(ids).size === ids.length;
}

export function attemptsRepeatKey({ site, parent }) {
  return listed(site, parent).every((entry) => !isText(entry.parentPostId) || entry.parentPostId === parent);
}

/** The same for every image of the map. */
export function allAttemptsRepeatKey({ site }) {
  return Object.keys(site?.state?.videoByMediaId ?? {}).every((parent) => attemptsRepeatKey({ site, parent }));
}

/** Each video is listed under one image only. */
export function oneParentEach({ site }) {
  const videos = Object.keys(site?.state?.videoByMediaId ?? {});
  const ids = videos.flatMap((parent) => listed(site, parent).map((entry) => entry.videoId)).filter(isText);
  return new Set(ids).size === ids.length;
}

export function oldestFirst({ site, parent }) {
  const times = listed(site, parent).map((entry) => Date.parse(entry.createTime)).filter(Number.isFinite);
  return times.every((time, at) => at === 0 || times[at - 1] <= time);
}

/** Times that name their zone read the same everywhere. */
export function timesHaveZone({ site, parent }) {
  const times = listed(site, parent).map((entry) => entry.createTime).filter(isText);
  return times.every((time) => /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(time));
}

export function imageRepeatsKey({ site, parent }) {
  const image = site?.state?.imageByMediaId?.[parent]?.[0];
  return !isText(image?.id) || image.id === parent;
}

/** The same for every container of the map. */
export function allImagesRepeatKey({ site }) {
  return Object.keys(site?.state?.imageByMediaId ?? {}).every((parent) => imageRepeatsKey({ site, parent }));
}
