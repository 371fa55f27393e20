// The layout of the later line: one wrapped store for all sessions, keyed by parent image.

const SESSIONS_KEY = 'useGrokRetryVideoSessions_store';

const noSessions = () => ({
  sessionByMediaId: {},
  persistentByMediaId: {},
  activeSessionMediaId: null,
  promptBuffer: {},
});

const newLaterSession = (at) => ({
  isActive: true,
  retryCount: 0,
  videosGenerated: 0,
  currentPostId: null,
  processedAttemptIds: [],
  lastAttemptTime: at,
  lastFailureTime: 0,
  canRetry: false,
  attemptProgress: [],
  creditsUsed: 0,
  layer1Failures: 0,
  layer2Failures: 0,
  layer3Failures: 0,
  outcome: 'pending',
  logs: [],
  lastSessionSummary: null,
  pendingRetryAt: null,
  pendingRetryPrompt: null,
  pendingRetryOverride: false,
  currentAttemptNumber: 0,
  sessionActivatedAt: at,
});

function laterSessionAfter(session, { image, attempt }) {
  const { id, moderated, at } = attempt;
  const seen = moderated ? `Moderation detected on attempt ${id}` : `Video ready from attempt ${id}`;
  const failed = Number(moderated);
  return {
    ...session,
    retryCount: session.retryCount + failed,
    videosGenerated: session.videosGenerated + 1 - failed,
    currentPostId: id,
    processedAttemptIds: [...session.processedAttemptIds, id],
    lastAttemptTime: at,
    lastFailureTime: moderated ? at : session.lastFailureTime,
    canRetry: moderated,
    attemptProgress: [
      ...session.attemptProgress,
      { attempt: session.currentAttemptNumber + 1, percent: moderated ? 99 : 100, recordedAt: at },
    ],
    creditsUsed: session.creditsUsed + 1,
    layer3Failures: session.layer3Failures + failed,
    logs: [...session.logs, `[${new Date(at).toISOString()}] ${seen}`],
    pendingRetryAt: moderated ? at + SETTINGS.retryClickCooldown : null,
    pendingRetryPrompt: moderated ? image.prompt : null,
    currentAttemptNumber: session.currentAttemptNumber + 1,
  };
}

/** What a new session takes over from the one before: no attempt is counted twice. */
const kept = (before) => before && { processedAttemptIds: before.processedAttemptIds };

const laterLine = {
  /** Ids of the attempts that were counted in this tab, also before a reload. */
  counted() {
    const { sessionByMediaId } = tabRecord(SESSIONS_KEY)?.state ?? noSessions();
    return Object.values(sessionByMediaId).flatMap((session) => session.processedAttemptIds);
  },

  count(image, attempt) {
    const state = tabRecord(SESSIONS_KEY)?.state ?? noSessions();
    const held = state.sessionByMediaId[image.id];
    const session = held?.isActive ? held : { ...newLaterSession(attempt.since), ...kept(held) };
    const changed = {
      sessionByMediaId: { ...state.sessionByMediaId, [image.id]: laterSessionAfter(session, { image, attempt }) },
      persistentByMediaId: {
        ...state.persistentByMediaId,
        [image.id]: { ...PREFERENCES, lastPromptValue: image.prompt },
      },
      activeSessionMediaId: image.id,
      promptBuffer: { ...state.promptBuffer, [image.id]: image.prompt },
    };
    keepTabRecord(SESSIONS_KEY, wrapped(changed));
  },

  end(at) {
    const state = tabRecord(SESSIONS_KEY)?.state ?? noSessions();
    const ended = Object.entries(state.sessionByMediaId).map(([id, session]) => {
      const { outcome, ...counters } = endedCounters(session, at);
      const still = { isActive: false, pendingRetryAt: null, pendingRetryPrompt: null };
      return [id, { ...session, ...counters, ...still, outcome, currentPostId: id }]; // the page shows the image again
    });
    keepTabRecord(SESSIONS_KEY, wrapped({ ...state, sessionByMediaId: Object.fromEntries(ended), activeSessionMediaId: null }));
  },
};
