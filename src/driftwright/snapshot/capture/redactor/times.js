// Times: their format and order are kept, never the value

const RFC = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const BASE = 1_735_689_600; // 2025-01-01T00:00:00Z in seconds: as many digits as times of today have, in every unit
const FOUR_CENTURIES = 146_097 * 86_400; // seconds
const UNITS = [1, 1e3, 1e6];

function isoInstant(match) {
  const [, year, month, day, , hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  // 400 years are a whole number of weeks and days, and years below 100 would be taken for those of a century ago.
  const clock = Date.UTC(+year + 400, month - 1, +day, +hour, +minute, +second) / 1000 - FOUR_CENTURIES;
  const [sign, hours, minutes] = zone === "Z" ? [1, 0, 0] : [zone[0] === "-" ? -1 : 1, +zone.slice(1, 3), +zone.slice(-2)];
  return [clock - sign * (hours * 3600 + minutes * 60), Number(fraction.slice(0, 9).padEnd(9, "0"))];
}

/** Whether a time is written as most are, `2026-01-31T12:00:00.000Z`: that one needs no taking apart. */
const isCommon = (text) => text.length === 24 && text[10] === "T" && text[23] === "Z";

const apart = (one, other) => one[0] - other[0] || one[1] - other[1];

function epochUnit(number) {
  return Number.isInteger(number) ? UNITS.find((unit) => number >= 9e8 * unit && number < 4.2e9 * unit) : undefined;
}

const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
const DAYS = []; // each as `2025-01-01T`
/** The minute at `place` after the first, as most times are written. */
function commonText(place) {
  const day = Math.floor(place / 1440);
  DAYS[day] ??= new Date((BASE + day * 86_400) * 1000).toISOString().slice(0, 11);
  const minute = place - day * 1440;
  return `${DAYS[day]}${TWO[Math.floor(minute / 60)]}:${TWO[minute % 60]}:00.000Z`;
}

/** The order of all times of one capture: learnt in a first look at the values, used when they are hidden. */
function calendar() {
  const instants = new Map();
  const named = new Map(); // the names of the instants that texts stand for: each text is taken apart once
  let ranks = new Map();
  // A number where it is exact: making a text for each of many thousand times costs more than reading them.
  const nameOf = ([seconds, nanos]) =>
    nanos % 1000 === 0 && Math.abs(seconds) < 8e9 ? seconds * 1e6 + nanos / 1000 : `${seconds}.${nanos}`;
  const note = (instant) => {
    if (!instant) return undefined;
    const name = nameOf(instant);
    instants.set(name, instant);
    return name;
  };
  /** Most texts are no time, and are seen to be none by a look at two letters. */
  const mayBeTime = (text) => {
    if (text.length < 10 || text.length > 64) return false;
    const head = text.charCodeAt(0);
    return head < 0x3a ? head >= 0x30 && text[4] === "-" : head >= 0x41 && head <= 0x5a && text[3] === ",";
  };
  const instantOfText = (text) => {
    if (isCommon(text) && TIME.test(text)) {
      const clock = Date.parse(text);
      if (!Number.isNaN(clock)) return [Math.floor(clock / 1000), (clock - 1000 * Math.floor(clock / 1000)) * 1e6];
    }
    const match = TIME.exec(text);
    if (match) return isoInstant(match);
    return RFC.test(text) && !Number.isNaN(Date.parse(text)) ? [Date.parse(text) / 1000, 0] : null;
  };
  const instantOfNumber = (value) => {
    const unit = epochUnit(value);
    return unit && [Math.floor(value / unit), Math.round((value % unit) * (1e9 / unit))];
  };
  const learn = (value) => {
    if (typeof value === "number") note(instantOfNumber(value));
    else if (mayBeTime(value) && !named.has(value)) named.set(value, note(instantOfText(value)));
  };
  const close = () => {
    const names = [...instants.keys()];
    if (names.every((name) => typeof name === "number")) names.sort((one, other) => one - other);
    else names.sort((one, other) => apart(instants.get(one), instants.get(other)));
    ranks = new Map(names.map((name, index) => [name, index]));
  };
  const nameOfText = (text) => {
    if (named.has(text)) return named.get(text);
    const instant = instantOfText(text); // the look at what there is was cut short before it came here
    return instant ? nameOf(instant) : undefined;
  };
  const text = (value) => {
    if (!mayBeTime(value)) return null;
    const name = nameOfText(value);
    if (name === undefined) return null;
    const place = ranks.get(name) ?? 0;
    if (isCommon(value)) return commonText(place);
    const match = TIME.exec(value);
    if (!match) return new Date((BASE + place * 60) * 1000).toUTCString();
    const [, , , , joint, , , second, fraction, zone] = match;
    const shown = new Date((BASE + place * (joint ? 60 : 86_400)) * 1000).toISOString();
    if (!joint) return shown.slice(0, 10);
    const clock = shown.slice(11, second === undefined ? 16 : 19) + (fraction ? `.${"0".repeat(fraction.length)}` : "");
    const offset = zone === undefined || zone === "Z" ? zone ?? "" : zone.includes(":") ? "+00:00" : "+0000";
    return shown.slice(0, 10) + joint + clock + offset;
  };
  const number = (value) => {
    const unit = epochUnit(value);
    return unit === undefined ? null : (BASE + 60 * (ranks.get(nameOf(instantOfNumber(value))) ?? 0)) * unit;
  };
  return { learn, close, text, number };
}
