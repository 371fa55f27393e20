// One clock for all that tells a reader the time: dates, Temporal, the formats of Intl and the clock of the page.

const define = Object.defineProperty;

/**
 * Put clocks that tell what `now` answers, in milliseconds since 1970, in the place of the real ones; `loaded` answers when
 * the page was loaded.
 */
export function pinClocks(now, loaded) {
  globalThis.Date = pinnedDate(now);
  if (globalThis.Temporal !== undefined) pinTemporal(globalThis.Temporal, now);
  pinFormats(globalThis.Intl.DateTimeFormat.prototype, now);
  // A page was loaded at the very time that a reader sees.
  const page = { now: () => now() - loaded(), toJSON: () => ({ timeOrigin: loaded() }) };
  define(page, "timeOrigin", { get: () => loaded(), enumerable: true });
  globalThis.performance = Object.freeze(page);
}

function pinnedDate(now) {
  const Real = Date;
  function FixedDate(...parts) {
    if (new.target === undefined) return new Real(now()).toString();
    return Reflect.construct(Real, parts.length > 0 ? parts : [now()], new.target);
  }
  Object.defineProperties(FixedDate, {
    name: { value: "Date" },
    length: { value: 7 },
    prototype: { value: Real.prototype, writable: false },
  });
  FixedDate.now = () => now();
  FixedDate.parse = Real.parse;
  FixedDate.UTC = Real.UTC;
  Real.prototype.constructor = FixedDate;
  return FixedDate;
}

function pinTemporal({ Instant, Now }, now) {
  const instantOf = Instant.fromEpochMilliseconds;
  const inZone = Instant.prototype.toZonedDateTimeISO;
  const zoneId = Now.timeZoneId;
  const instant = () => Reflect.apply(instantOf, Instant, [Math.trunc(now())]);
  const zoned = (zone = zoneId()) => Reflect.apply(inZone, instant(), [zone]);
  const told = {
    instant,
    zonedDateTimeISO: zoned,
    plainDateTimeISO: (...zone) => zoned(...zone).toPlainDateTime(),
    plainDateISO: (...zone) => zoned(...zone).toPlainDate(),
    plainTimeISO: (...zone) => zoned(...zone).toPlainTime(),
  };
  for (const [name, value] of Object.entries(told)) define(Now, name, { value });
}

/** A format of dates that is asked to write no date writes the present one. */
function pinFormats(formats, now) {
  const getFormat = Object.getOwnPropertyDescriptor(formats, "format").get;
  const toParts = formats.formatToParts;
  const pinned = new WeakMap();
  const dated = (date) => (date === undefined ? now() : date);
  define(formats, "format", {
    get() {
      const real = Reflect.apply(getFormat, this, []);
      if (!pinned.has(real)) pinned.set(real, (date) => real(dated(date)));
      return pinned.get(real);
    },
  });
  define(formats, "formatToParts", {
    value: function formatToParts(date) {
      return Reflect.apply(toParts, this, [dated(date)]);
    },
  });
}
