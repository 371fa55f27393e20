// What a profile holds before any session: preferences, saved prompts and prompt parts, in both layouts. A user who
// came from the main line to the later one has all of it, as no upgrade ever removed an old key.

const PREFERENCES = { maxRetries: 3, autoRetryEnabled: true, videoGoal: 12 };

const SETTINGS = {
  defaultMaxRetries: PREFERENCES.maxRetries,
  defaultVideoGoal: 1,
  defaultAutoRetryEnabled: PREFERENCES.autoRetryEnabled,
  retryClickCooldown: 8000,
  videoGenerationDelay: 8000,
  rateLimitWaitTime: 60000,
  rapidFailureThreshold: 6,
  defaultPanelWidth: 320,
  defaultPanelHeight: 400,
  startMinimized: false,
  showRapidFailureWarning: true,
  autoSwitchToDebug: false,
  autoSwitchToResultsOnComplete: false,
  promptHistoryLimit: 50,
  keyboardShortcuts: {
    startStop: 'Alt+Shift+S',
    muteUnmute: 'Alt+Shift+M',
    toggleMinimize: 'Alt+Shift+N',
    toggleFullscreen: 'Alt+Shift+F',
    openSettings: 'Alt+Shift+O',
  },
};

const PANEL = { panelWidth: 320, panelHeight: 400, isMinimized: false, isMaximized: false, imaginePromptValue: '' };

// The name of a saved prompt is the user's own text and a key of the record: private in a place easily forgotten.
const SAVED_PROMPTS = { 'my lighthouse evening': 'a quiet lighthouse in the last light' };

const CUSTOM_PARTIALS = [
  {
    id: 'custom_1764900000000_ab12cd34e',
    label: 'Slow lighthouse pan',
    description: 'camera',
    content: ' slow pan around the lighthouse',
    categories: ['Camera'],
    position: 'append',
  },
];

const wrapped = (state) => ({ state, version: 1 });

/** The counters of a session that ended: what they counted is kept in a summary, and they begin from zero. */
function endedCounters(session, at) {
  const { videosGenerated, retryCount, creditsUsed, layer1Failures, layer2Failures, layer3Failures } = session;
  const outcome = videosGenerated > 0 ? 'success' : 'cancelled';
  const { maxRetries, videoGoal } = PREFERENCES;
  const failures = { layer1Failures, layer2Failures, layer3Failures };
  const counted = { completedVideos: videosGenerated, retriesAttempted: retryCount, creditsUsed, ...failures };
  return {
    outcome,
    retryCount: 0,
    videosGenerated: 0,
    creditsUsed: 0,
    layer1Failures: 0,
    layer2Failures: 0,
    layer3Failures: 0,
    lastSessionSummary: { outcome, videoGoal, maxRetries, ...counted, endedAt: at },
  };
}

const LOCAL_ENTRIES = {
  ...PANEL,
  miniTogglePosition: { x: 1200, y: 700 },
  simpleLogView: false,
  savedPrompts: SAVED_PROMPTS,
  grokRetry_customPartials: CUSTOM_PARTIALS,
  useGrokRetryUI_store: wrapped(PANEL),
  useGrokRetryCustomPartials_store: wrapped(CUSTOM_PARTIALS),
  useGrokRetrySavedPrompts_store: wrapped(SAVED_PROMPTS),
};

const SYNC_ENTRIES = {
  grokRetry_globalSettings: SETTINGS,
  grokRetry_settingsVersion: 1,
  useGrokRetrySettings_store: wrapped(SETTINGS),
};

/** Writes what is missing; what the profile already holds stays as it is. */
async function fillProfile() {
  for (const [area, entries] of [
    [chrome.storage.local, LOCAL_ENTRIES],
    [chrome.storage.sync, SYNC_ENTRIES],
  ]) {
    const held = await area.get(Object.keys(entries));
    await area.set({ ...entries, ...held });
  }
}

/** Name of a prompt in the history: 64-bit FNV-1a as 16 hexadecimal digits. */
function promptHash(text) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

function promptRecord(held, { text, moderated, at }) {
  return {
    id: promptHash(text),
    text,
    lastExecuted: at,
    executionsAmount: (held?.executionsAmount ?? 0) + 1,
    successAmount: (held?.successAmount ?? 0) + Number(!moderated),
    l1FailureAmount: held?.l1FailureAmount ?? 0,
    l2FailureAmount: held?.l2FailureAmount ?? 0,
    l3FailureAmount: (held?.l3FailureAmount ?? 0) + Number(moderated),
    lastOutcome: moderated ? 'failure' : 'success',
    lastLayer: moderated ? 3 : null,
  };
}

/** The prompt history, which both lines keep unwrapped, each under a key of its own. */
async function rememberPrompt(image, { moderated, at }) {
  const keys = ['grokRetry_promptHistory', 'useGrokRetryPromptHistory'];
  const held = await chrome.storage.local.get(keys);
  const hash = promptHash(image.prompt);
  const changed = keys.map((key) => {
    const record = promptRecord(held[key]?.[hash], { text: image.prompt, moderated, at });
    return [key, { ...held[key], [hash]: record }];
  });
  await chrome.storage.local.set(Object.fromEntries(changed));
}
