// The same facts from the extension's own records: the session record of one image, the grouped sessions of all images,
// the post record.

const isCount = (value) => Number.isInteger(value) && value >= 0;

function groupedSession(sessions, parent) {
  return sessions?.state?.sessionByMediaId?.[parent] ?? null;
}

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
function progressOf(record) {
  return isCount(record?.creditsUsed) ? { completed: record.creditsUsed > 0, running: false } : null;
}

export function recordedFailures({ session }) {
  return failuresOf(session);
}

export function groupedFailures({ sessions, parent }) {
  return failuresOf(groupedSession(sessions, parent));
}

export function recordedOutcomes({ session }) {
  return outcomesOf(session);
}

export function groupedOutcomes({ sessions, parent }) {
  return outcomesOf(groupedSession(sessions, parent));
}

export function recordedProgress({ session }) {
  return progressOf(session);
}

export function groupedProgress({ sessions, parent }) {
  return progressOf(groupedSession(sessions, parent));
}

export function groupedVideosGenerated({ sessions, parent }) {
  return groupedSession(sessions, parent)?.videosGenerated ?? null;
}

export function groupedCreditsUsed({ sessions, parent }) {
  return groupedSession(sessions, parent)?.creditsUsed ?? null;
}

/** Both kinds of records may list the image itself beside its videos; a group has no order and is sorted. */
function videosAmong(ids, parent) {
  return Array.isArray(ids) ? ids.filter((id) => id !== parent).sort() : null;
}

/** A post record without any video says nothing: the extension empties it when it leaves the page. */
export function recordedVideoGroup({ post, parent }) {
  const ids = videosAmong(post?.videoGroup, parent);
  return ids?.length ? ids : null;
}

export function groupedVideoGroup({ sessions, parent }) {
  return videosAmong(groupedSession(sessions, parent)?.processedAttemptIds, parent);
}

/** The image whose session has seen this video end. */
export function parentOfProcessedVideo({ sessions, video }) {
  const seen = ([, record]) => Array.isArray(record?.processedAttemptIds) && record.processedAttemptIds.includes(video);
  return Object.entries(sessions?.state?.sessionByMediaId ?? {}).find(seen)?.[0] ?? null;
}
