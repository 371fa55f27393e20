// Names: kept when every word of them is allowed

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

// A number behind a word may be its version or its place, `video2`; a longer one is somebody's.
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

/** Whether a name may be said under a policy. */
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
