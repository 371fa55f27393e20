// Times: their format and order are kept, never the value

const RFC = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const BASE = 1_735_689_600; // 2025-01-01T00:00:00Z in seconds: as many digits as times of today have, in every unit
const UNITS = [1, 1e3, 1e6];

function isoInstant(match) {
  const [, year, month, day, , hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  const clock = Date.UTC(+year, month - 1, +day, +hour, +minute, +second) / 1000;
  const [sign, hours, minutes] = zone === "Z" ? [1, 0, 0] : [zone[0] === "-" ? -1 : 1, +zone.slice(1, 3), +zone.slice(-2)];
  return [clock - sign * (hours * 3600 + minutes * 60), Number(fraction.slice(0, 9).padEnd(9, "0"))];
}

function epochUnit(number) {
  return Number.isInteger(number) ? UNITS.find((unit) => number >= 9e8 * unit && number < 4.2e9 * unit) : undefined;
}

/** The order of all times of one capture: learnt in a first look at the values, used when they are hidden. */
function calendar() {
  const instants = new Map();
  let ranks = new Map();
  // A number where it is exact: making a text for each of many thousand times costs more than reading them.
  const nameOf = ([seconds, nanos]) =>
    nanos % 1000 === 0 && Math.abs(seconds) < 8e9 ? seconds * 1e6 + nanos / 1000 : `${seconds}.${nanos}`;
  const rank = (instant) => ranks.get(nameOf(instant)) ?? 0;
  const note = (instant) => instant && instants.set(nameOf(instant), instant);
  const instantOfText = (text) => {
    if (text.length < 10 || text.length > 64) return null;
    const head = text.charCodeAt(0); // most texts are no time, and are seen to be none by a look at two letters
    if (head < 0x3a ? head < 0x30 || text[4] !== "-" : head < 0x41 || head > 0x5a || text[3] !== ",") return null;
    const match = TIME.exec(text);
    if (match) return isoInstant(match);
    return RFC.test(text) && !Number.isNaN(Date.parse(text)) ? [Date.parse(text) / 1000, 0] : null;
  };
  const instantOfNumber = (value) => {
    const unit = epochUnit(value);
    return unit && [Math.floor(value / unit), Math.round((value % unit) * (1e9 / unit))];
  };
  const learn = (value) => note(typeof value === "number" ? instantOfNumber(value) : instantOfText(value));
  const close = () => {
    const sorted = [...instants].sort(([, one], [, two]) => one[0] - two[0] || one[1] - two[1]);
    ranks = new Map(sorted.map(([name], index) => [name, index]));
  };
  const text = (value) => {
    const instant = instantOfText(value);
    if (instant === null) return null;
    const match = TIME.exec(value);
    const place = rank(instant);
    if (!match) return new Date((BASE + place * 60) * 1000).toUTCString();
    const [, , , , joint, , , second, fraction, zone] = match;
    if (!joint) return new Date((BASE + place * 86_400) * 1000).toISOString().slice(0, 10);
    const [day, clock] = new Date((BASE + place * 60) * 1000).toISOString().split("T");
    const shown = clock.slice(0, second === undefined ? 5 : 8) + (fraction ? `.${"0".repeat(fraction.length)}` : "");
    const offset = zone === undefined || zone === "Z" ? zone ?? "" : zone.includes(":") ? "+00:00" : "+0000";
    return day + joint + shown + offset;
  };
  const number = (value) => {
    const unit = epochUnit(value);
    return unit === undefined ? null : (BASE + 60 * rank(instantOfNumber(value))) * unit;
  };
  return { learn, close, text, number };
}
