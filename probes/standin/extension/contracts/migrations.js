globalThis.driftwrightMigrations = (() => {
"use strict";
const $usual = async (plan, storage) => {
  // The usual order: all is written, all of it read back, and only then is anything removed.
  const textOf = (value) => {
    if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const names = Object.keys(value).filter((name) => value[name] !== undefined).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(value[name])}`).join()}}`;
  };
  const write = Object.entries(plan.write ?? {});
  for (const [key, value] of write) await storage.write(key, value);
  for (const [key, value] of write) {
    if (textOf(await storage.read(key)) !== textOf(value)) throw new Error("what was written is not there");
  }
  for (const key of plan.remove ?? []) await storage.remove(key);
};
const $code0 = (function () {"use strict";
// Re-keys the extension's own storage: the records of sessions and preferences, which lie under the id of the page's
// address, become one record for each parent image. It is run again at every start until nothing waits any more.

;                                                                                
;                                      
;                                                          

;                 
                    
                 
                              
                 
 

;               
                                   
                   
                 
 

;                 
                                   
                                                 
                                     
 

const PREFIX = { session: "grokRetrySession_", post: "grokRetryPost_" }         ;
const NEW_PREFIX = "grokRetryByParent_";

const RENAMED                             = {
  isSessionActive: "isActive",
  lastSessionOutcome: "outcome",
  lastSessionSummary: "summary",
};
/** What the site calls the id of an attempt, here and there. */
const IDS = ["videoId", "id", "itemId", "videoPostId"];
const COUNTERS = [
  "retryCount",
  "videosGenerated",
  "creditsUsed",
  "layer1Failures",
  "layer2Failures",
  "layer3Failures",
];
const LISTS = ["logs", "attemptProgress", "videoGroup"];
const TIMES = ["lastAttemptTime", "lastFailureTime"];
const FLAGS = ["isActive", "canRetry"];

const isObject = (value         )                                       =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value as a text that is equal for equal values, whatever the order of their keys. */
function textOf(value         )         {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const parts = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${textOf(value[name])}`);
  return `{${parts.join()}}`;
}

/**
 * The parents that the site's store tells, for each id that it knows. A map counts only where its records repeat its
 * keys: a store that is written in another way must not lead to a wrong parent.
 */
function parentsIn(site         )                           {
  const parents = new Map                     ();
  const state = isObject(site) ? site.state : undefined;
  const images = isObject(state) ? state.imageByMediaId : undefined;
  const videos = isObject(state) ? state.videoByMediaId : undefined;
  const add = (id        , parent        ) => parents.set(id, (parents.get(id) ?? new Set()).add(parent));
  if (!isObject(images)) return parents;
  for (const [id, records] of Object.entries(images)) {
    if (Array.isArray(records) && isObject(records[0]) && records[0].id === id) add(id, id);
  }
  for (const [parent, attempts] of isObject(videos) ? Object.entries(videos) : []) {
    if (!parents.get(parent)?.has(parent) || !Array.isArray(attempts)) continue;
    for (const attempt of attempts) {
      if (!isObject(attempt) || attempt.parentPostId !== parent) continue;
      for (const name of IDS) {
        const id = attempt[name];
        if (typeof id === "string" && id !== "") add(id, parent);
      }
    }
  }
  return parents;
}

/** The one parent that the site tells for an old record; undefined while it tells none, or more than one. */
function parentOf(id        , parents                          )                     {
  const known = [...(parents.get(id) ?? [])];
  return known.length === 1 ? known[0] : undefined;
}

/** Whether two session records are copies of one session: the lists of the one begin those of the other. */
function areCopies(one        , other        )          {
  if (textOf(one) === textOf(other)) return true;
  let begun = false;
  for (const name of ["logs", "attemptProgress"]) {
    const lists = [one[name], other[name]].map((list) => (Array.isArray(list) ? list : []));
    const [shorter, longer] = lists.sort((a, b) => a.length - b.length)                    ;
    if (textOf(longer.slice(0, shorter.length)) !== textOf(shorter)) return false;
    begun ||= shorter.length > 0;
  }
  return begun;
}

/** The old records as groups of copies. */
function sessionsIn(records          )             {
  let groups             = [];
  for (const record of records) {
    const near = groups.filter((group) => group.some((other) => areCopies(other, record)));
    groups = [...groups.filter((group) => !near.includes(group)), [...near.flat(), record]];
  }
  return groups;
}

const numbers = (records          , name        )           =>
  records.map((record) => record[name]).filter((value) => typeof value === "number");

/** The lines of several lists, each as often as in the list that has it most. */
function union(lists          )         {
  const joined         = [];
  const counts = new Map                ();
  for (const list of lists) {
    const here = new Map                ();
    for (const line of list) {
      const text = textOf(line);
      here.set(text, (here.get(text) ?? 0) + 1);
      if ((counts.get(text) ?? 0) >= (here.get(text)          )) continue;
      counts.set(text, here.get(text)          );
      joined.push(line);
    }
  }
  return joined;
}

const newNames = (record        )         =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [RENAMED[name] ?? name, value]));

const lastTime = (record        )         => Math.max(0, ...TIMES.flatMap((name) => numbers([record], name)));

/** What old records of one parent are together, by the storage keys that they had. */
function merged(originals                           )         {
  const keys = Object.keys(originals).sort();
  const under = (prefix        ) => keys.filter((key) => key.startsWith(prefix)).map((key) => newNames(originals[key]));
  const sessions = under(PREFIX.session);
  // The newest last, so that what it says stands: preferences, which tell no time, before sessions, which copied them.
  const all = [...under(PREFIX.post), ...sessions.sort((a, b) => lastTime(a) - lastTime(b))];
  const record         = Object.assign({}, ...all);
  const groups = sessionsIn(sessions);
  for (const name of COUNTERS) {
    const largest = groups.map((group) => numbers(group, name)).filter((values) => values.length > 0);
    if (largest.length > 0) record[name] = largest.reduce((sum, values) => sum + Math.max(...values), 0);
  }
  for (const name of LISTS) {
    const lists = all.map((one) => one[name]).filter((value) => Array.isArray(value));
    if (lists.length > 0) record[name] = union(lists            );
  }
  for (const name of TIMES) {
    const times = numbers(all, name);
    if (times.length > 0) record[name] = Math.max(...times);
  }
  for (const name of FLAGS) {
    if (all.some((one) => name in one)) record[name] = all.some((one) => one[name] === true);
  }
  return record;
}

/**
 * A record that the new release may have gone on with, after further old records of its parent were found: counters
 * and lists grow by what those add, and everything that the new release has written stays.
 */
function grown(held        , added                           )         {
  const before = (held.originals ?? {})                             ;
  const originals = { ...before, ...added };
  const [was, is] = [merged(before), merged(originals)];
  const record         = { ...held };
  for (const name of Object.keys(is)) {
    const now = held[name];
    if (textOf(now ?? null) === textOf(was[name] ?? null)) record[name] = is[name];
    else if (COUNTERS.includes(name)) record[name] = Number(now) + Number(is[name]) - Number(was[name] ?? 0);
    else if (LISTS.includes(name) && Array.isArray(now)) record[name] = union([now, is[name]          ]);
    else if (TIMES.includes(name)) record[name] = Math.max(Number(now), Number(is[name]));
    else if (!(name in held)) record[name] = is[name];
  }
  return { ...record, originals, sourceKeys: Object.keys(originals).sort() };
}

/** What to write, what to remove once that was read back, and which keys wait because nobody knows their parent yet. */
       function toParent({ session, post, session_by_parent: held, site }        )       {
  const parents = parentsIn(site);
  const plan       = { write: {}, remove: [], wait: [] };
  const done = new Set(Object.values(held ?? {}).flatMap((record) => (record.sourceKeys ?? [])            ));
  const added                                                  = {};
  for (const [prefix, records] of [
    [PREFIX.session, session],
    [PREFIX.post, post],
  ]         ) {
    for (const [id, record] of Object.entries(records ?? {})) {
      const key = prefix + id;
      const parent = parentOf(id, parents);
      if (done.has(key)) plan.remove.push(key);
      else if (parent === undefined) plan.wait.push(key);
      else (added[parent] ??= {})[key] = record;
    }
  }
  for (const [parent, originals] of Object.entries(added)) {
    plan.write[NEW_PREFIX + parent] = grown(held?.[parent] ?? {}, originals);
    plan.remove.push(...Object.keys(originals));
  }
  return plan;
}

/** The way back, for a release that is taken back: every old record as it was. */
       function toPosts({ session_by_parent: held }        )       {
  const records = Object.entries(held ?? {});
  const write = Object.assign({}, ...records.map(([, record]) => record.originals));
  return { write, remove: records.map(([parent]) => NEW_PREFIX + parent), wait: [] };
}

/** Carries a plan out: nothing is removed before all that was written was read back. */
       async function carryOut(plan      , keeper        )                {
  for (const [key, record] of Object.entries(plan.write)) await keeper.write(key, record);
  for (const [key, record] of Object.entries(plan.write)) {
    if (textOf(await keeper.read(key)) !== textOf(record)) return;
  }
  for (const key of plan.remove) await keeper.remove(key);
}

return {"__proto__": null, "toParent": toParent, "toPosts": toPosts, "carryOut": carryOut};
}).call(undefined);
return {
"session_by_parent": { move: $code0["toParent"], apply: $code0["carryOut"], back: $code0["toPosts"] },
};
})();
