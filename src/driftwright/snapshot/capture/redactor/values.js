// Values

const LITERALS = new Set(["", "true", "false", "yes", "no", "null", "undefined", "on", "off"]);
const UNSAID = new Map([["true", "false"], ["yes", "no"], ["on", "off"]]); // prettier-ignore
/** The flag that stands for both of its kind, written as this one is. */
const unsaid = (text) => {
  const lower = text.toLowerCase();
  const said = UNSAID.get(lower) ?? lower;
  if (text === lower) return said;
  return text === text.toUpperCase() ? said.toUpperCase() : said[0].toUpperCase() + said.slice(1);
};
const SHORT_WORD = /^[A-Za-z0-9_.-]{1,24}$/;
const AROUND_A_VALUE = 10; // what is told of an entry beside its value
const ID_FORMS = new Set(["uuid", "hex", "token"]);
const VERSION = /^v?\d{1,3}(?:\.\d{1,3}){0,2}$/;

/** A version's number says nothing of anybody, and that it changed is worth telling. */
const isVersion = (name, value) =>
  name === "version" &&
  (typeof value === "string" ? VERSION.test(value) : Number.isInteger(value) && value >= 0 && value < 1000);

const POWERS = Array.from({ length: 22 }, (_, power) => 10 ** power); // those whose multiples below ten are exact

/** A number of the same sign, kind and order of magnitude; 0 and 1 stay, and `mantissa` draws the one figure shown. */
function maskedNumber(number, mantissa) {
  if (number === 0) return 0;
  const size = Math.min(Math.abs(number), Number.MAX_VALUE);
  const written = size.toExponential();
  const joint = written.indexOf("e");
  const power = Math.max(-300, Number(written.slice(joint + 1)));
  const figure = power >= 308 ? 1 : mantissa(written[0] + written.slice(2, joint));
  const whole = power >= 0 && power < POWERS.length ? figure * POWERS[power] : Number(`${figure}e${power}`);
  if (Number.isInteger(size) || size < 1) return Math.sign(number) * whole;
  // A fraction stays a fraction: readers and schemas tell 10 from 10.5.
  return Math.sign(number) * (power < 2 ? whole + 0.05 : (power < 15 ? whole : 1e15) + 0.5);
}

const typeOf = (value) => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};

function declared(value, rule) {
  const types = rule.types ?? [];
  const type = typeOf(value);
  return types.includes(type) || (type === "integer" && types.includes("number"));
}

/** Text that holds JSON, as its value; undefined when it holds none. Only objects and lists count. */
function inner(text) {
  const head = text.charCodeAt(0); // most texts begin with a letter or a digit
  if ((head > 0x2f && head < 0x5b) || (head > 0x60 && head < 0x7b) || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as text once more; a blank before or behind it is another form of text. */
const asText = (value, like) => (/^\s/.test(like) ? " " : "") + JSON.stringify(value) + (/\s$/.test(like) ? " " : "");

function redactor(policy) {
  const names = pseudonyms(keyed(policy.salt), policy.marked === true);
  const spoken = vocabularyOf(policy);
  const times = calendar();
  let nodes = 0;

  // A text such as `draft_<id>`: the id inside it becomes its pseudonym, if the words around it may be said.
  const composite = (text) => {
    if (text.length > 120 || text.includes(" ") || !/[0-9]{8}|[0-9a-f]{8}-|[0-9a-f]{16}/i.test(text) || /\s|:\/\//.test(text)) return text;
    const rest = text.replace(INSIDE, " ").split(" ").filter((part) => part !== "" && !IS_JOINT.test(part));
    return rest.length > 0 && rest.every(spoken) ? text.replace(INSIDE, (id) => names.of(id)) : text;
  };
  const isLiteral = (text) => text.length < 10 && LITERALS.has(text.toLowerCase());
  const hidden = (text) => {
    if (isLiteral(text)) return text; // as a key as well as a value, or the two would no longer join
    if (text.length === 36 && UUID.test(text)) return names.of(text, "uuid"); // by far the most common
    const time = times.text(text);
    if (time !== null) return time;
    const shown = text.includes("/") ? text : composite(text);
    return shown === text ? names.of(text) : shown;
  };
  const fieldName = (text) => {
    if (text === "" || spoken(text)) return text;
    if (text.length < 3 && /^[A-Za-z][A-Za-z0-9_$]?$/.test(text)) return names.short(text, spoken);
    const shown = composite(text);
    return shown === text ? hidden(text) : shown;
  };

  const number = (value, rule) => {
    const types = rule.types ?? [];
    const expected = types.length === 0 || types.includes("number") || types.includes("integer");
    if (rule.redact === "keep" && expected) return value;
    if (rule.redact === "pseudonym" && Number.isSafeInteger(value) && Math.abs(value) < 1e15) {
      return names.ofNumber(value);
    }
    const time = times.number(value);
    if (time !== null) return time;
    if (rule.redact !== "mask") return names.masked(value);
    // What is declared to be masked shows no figure either, and 0 and 1 may be a flag.
    return value === 0 || value === 1 ? 0 : maskedNumber(value, () => 1);
  };
  const keepsText = (value, rule) => {
    if (rule.redact !== "keep" || value.includes(BEGINS)) return false;
    if (!(rule.types ?? []).length ? !SHORT_WORD.test(value) : !rule.types.includes("string")) return false;
    return !ID_FORMS.has(formOf(value)) && !/^[0-9]{8,}$/.test(value);
  };
  const string = (value, rule, depth) => {
    const parsed = inner(value);
    if (parsed !== undefined) return asText(walk(parsed, rule, depth + 1), value);
    if (isLiteral(value)) {
      return rule.redact === "mask" && value !== "" ? unsaid(value) : value;
    }
    return keepsText(value, rule) ? value : hidden(value);
  };
  const entryIn = (name, rule, value) => {
    if (rule.around === name || (rule.fields && own(rule.fields, name))) return fieldIn(name, rule);
    // A known word before what no entry of this map may be: a record has taken the map's place.
    const isEntry = value === null || !(rule.values.types ?? []).length || declared(value, rule.values);
    return !isEntry && spoken(name) ? [name, NO_RULE] : [hidden(name), rule.values];
  };
  const fieldIn = (name, rule) => {
    if (rule.around === name) return [fieldName(name), rule.rule];
    return rule.fields && own(rule.fields, name) ? [name, rule.fields[name]] : [fieldName(name), NO_RULE];
  };
  const fields = new Map(); // by rule and name: records have the same few
  const nameIn = (name, rule, value) => {
    if (rule.values) return entryIn(name, rule, value);
    let known = fields.get(rule);
    if (known === undefined) fields.set(rule, (known = new Map()));
    let found = known.get(name);
    if (found === undefined) known.set(name, (found = fieldIn(name, rule)));
    return found;
  };
  // In place where no name has to be hidden: what was parsed is ours alone, and a copy of each record costs as much again.
  const object = (value, rule, depth) => {
    const held = Object.keys(value);
    let made = value;
    let counts;
    for (let i = 0; i < held.length; i++) {
      const name = held[i];
      const below = value[name];
      let [shown, within] = nameIn(name, rule, below);
      if (made === value && shown !== name) {
        made = {};
        for (let j = 0; j < i; j++) put(made, held[j], value[held[j]]);
      }
      // Two names may share a token: neither may hide the other.
      if (made !== value && own(made, shown)) shown = freeName(made, shown, (counts ??= new Map()));
      const plain = !rule.values && within.redact === undefined && isVersion(name, below);
      const said = plain ? below : walk(below, within, depth + 1);
      if (made !== value || said !== below) put(made, shown, said); // what stays needs no writing
    }
    return made;
  };
  const list = (value, rule, depth) => {
    for (let i = 0; i < value.length; i++) value[i] = walk(value[i], rule, depth);
    return value;
  };
  const walk = (value, rule, depth) => {
    if (depth > LIMIT.depth || ++nodes > LIMIT.nodes) throw OVERSIZE;
    if (value === null) return null;
    if (typeof value === "boolean") return rule.redact === "mask" ? false : value;
    if (typeof value === "number") return number(value, rule);
    if (typeof value === "string") return string(value, rule, depth);
    if (Array.isArray(value)) return list(value, rule.items ?? NO_RULE, depth + 1);
    return object(value, rule, depth);
  };
  // The bound is for all that is captured, for a file holds all of it; what was cut off is not in it.
  const value = (raw, rule) => {
    const before = nodes;
    nodes += AROUND_A_VALUE;
    try {
      return walk(raw, rule, 1);
    } catch (error) {
      nodes = before;
      throw error;
    }
  };
  /** Learn the times of a value, wherever they stand; a bounded look. */
  const learn = (raw) => {
    const waiting = [];
    let looked = 0;
    const look = (next) => {
      looked++;
      if (typeof next === "number") times.learn(next);
      else if (typeof next === "string") {
        const parsed = inner(next);
        if (parsed !== undefined) waiting.push(parsed);
        else times.learn(next);
      } else if (next !== null && typeof next === "object") waiting.push(next);
    };
    look(raw);
    while (waiting.length > 0 && looked < LIMIT.nodes) {
      const next = waiting.pop();
      if (Array.isArray(next)) {
        for (let i = 0; i < next.length; i++) look(next[i]);
        continue;
      }
      const names = Object.keys(next);
      for (let i = 0; i < names.length; i++) {
        times.learn(names[i]);
        look(next[names[i]]);
      }
    }
  };
  return { value, id: hidden, key: fieldName, learn, close: times.close };
}
