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

export const recordedFailures = ({ session }) => failuresOf(session);

export const groupedFailures = ({ sessions, parent }) => failuresOf(groupedSession(sessions, parent));

export const recordedOutcomes = ({ session }) => outcomesOf(session);

export const groupedOutcomes = ({ sessions, parent }) => outcomesOf(groupedSession(sessions, parent));

export const recordedProgress = ({ session }) => progressOf(session);

export const groupedProgress = ({ sessions, parent }) => progressOf(groupedSession(sessions, parent));

export const groupedVideosGenerated = ({ sessions, parent }) => groupedSession(sessions, parent)?.videosGenerated ?? null;

export const groupedCreditsUsed = ({ sessions, parent }) => groupedSession(sessions, parent)?.creditsUsed ?? null;

/** Both kinds of records may list the image itself beside its videos; a group has no order and is sorted. */
const videosAmong = (ids, parent) => Array.isArray(ids) ? ids.filter((id) => id !== parent).sort() : null;

/** A post record without any video says nothing: the extension empties it when it leaves the page. */
export function recordedVideoGroup({ post, parent }) {
  const ids = videosAmong(post?.videoGroup, parent);
  return ids?.length ? ids : null;
}

export const groupedVideoGroup = ({ sessions, parent }) => videosAmong(groupedSession(sessions, parent)?.processedAttemptIds, parent);

/** The image whose session has seen this video end. */
export function parentOfProcessedVideo({ sessions, video }) {
  const seen = ([, record]) => Array.isArray(record?.processedAttemptIds) && record.processedAttemptIds.includes(video);
  return Object.entries(sessions?.state?.sessionByMediaId ?? {}).find(seen)?.[0] ?? null;
}
