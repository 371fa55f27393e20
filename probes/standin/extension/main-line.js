// The layout of the main line: one unwrapped record for each image, split over two areas.

const postKey = (image) => `grokRetryPost_${image.id}`;
const sessionKey = (image) => `grokRetrySession_${image.id}`;

const newSession = (image, at) => ({
  retryCount: 0,
  isSessionActive: true,
  videosGenerated: 0,
  lastAttemptTime: at,
  canRetry: false,
  logs: [],
  attemptProgress: [],
  creditsUsed: 0,
  layer1Failures: 0,
  layer2Failures: 0,
  layer3Failures: 0,
  lastSessionOutcome: 'pending',
  lastSessionSummary: null,
  sessionMediaId: image.id,
});

const logLine = (level, text, at) => `${new Date(at).toLocaleTimeString('en-US')} — ${level} — ${text}`;

function sessionAfter(session, { moderated, at }) {
  const before = { ...session, lastAttemptTime: at, creditsUsed: session.creditsUsed + 1 };
  if (!moderated) {
    return {
      ...before,
      canRetry: false,
      videosGenerated: session.videosGenerated + 1,
      logs: [...session.logs, logLine('SUCCESS', 'Video generated', at)],
    };
  }
  return {
    ...before,
    canRetry: true,
    lastFailureTime: at,
    retryCount: session.retryCount + 1,
    layer3Failures: session.layer3Failures + 1,
    attemptProgress: [...session.attemptProgress, { attempt: session.creditsUsed, percent: 99, recordedAt: at }],
    logs: [...session.logs, logLine('WARN', 'Moderation detected', at)],
  };
}

const mainLine = {
  /**
   * The first write about a session says whose it is. Releases before kept a record under the id of the page, a video's: it
   * is copied for the image, and stays as well.
   */
  open(image) {
    if (tabRecord(sessionKey(image)) !== null) return;
    const old = image.attempts.map(({ id }) => tabRecord(sessionKey({ id }))).find((record) => record !== null);
    keepTabRecord(sessionKey(image), { ...old, sessionMediaId: image.id });
  },

  /** The first write about an image is a partial record, as the prompt is seen before anything else. */
  async meet(image) {
    const { [postKey(image)]: held } = await chrome.storage.local.get(postKey(image));
    await chrome.storage.local.set({ [postKey(image)]: { ...held, lastPromptValue: image.prompt } });
  },

  async count(image, attempt) {
    const known = tabRecord(sessionKey(image));
    const session = known?.isSessionActive ? known : newSession(image, attempt.since);
    keepTabRecord(sessionKey(image), sessionAfter(session, attempt));
    const { [postKey(image)]: held } = await chrome.storage.local.get(postKey(image));
    const record = {
      ...PREFERENCES,
      ...held,
      videoGroup: [...(held?.videoGroup ?? []), attempt.id],
      originalMediaId: image.id,
    };
    await chrome.storage.local.set({ [postKey(image)]: record });
  },

  end(image, at) {
    const session = tabRecord(sessionKey(image));
    if (session === null) return;
    const { outcome, ...counters } = endedCounters(session, at);
    keepTabRecord(sessionKey(image), { ...session, ...counters, isSessionActive: false, lastSessionOutcome: outcome });
  },
};
