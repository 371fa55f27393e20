// Forms: what kind of thing a text is, told from how it is written

// These are the classes by which captures are compared: what is hidden must stay in its class, as a text and as a key.

const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const UUID = new RegExp(`^${ID}$`, "i");
const endsWithId = (text) => text.length > 36 && text[text.length - 13] === "-" && UUID.test(text.slice(-36));
const DIGITS = /^[0-9]+$/;
const NUMERIC = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:([T ])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const LOCAL_DATE = /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[APap][Mm])?)?$/;
const HEX = /^(?=[a-f]*[0-9])[0-9a-f]{8,}$/i;
const JSON_LIKE = /^[{[][^]*[}\]]$/;
const URL_LIKE = new RegExp(`^([a-z][a-z0-9+.-]*):(?://|[^${SPACE}/])[^${SPACE}]*$`, "i");
const TOKEN = /^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}$/;
const WORD = /^[A-Za-z][A-Za-z0-9_.-]*$/;
const NAME = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
const PATH = new RegExp(`^(\\.{0,2}/)?[^${SPACE}/]+(?:/[^${SPACE}/]+)+(/?)$`);
const URL_FORMS = new Map([["blob", "blob"], ["data", "data"], ...["http", "https", "file", "ws", "wss"].map((name) => [name, "url"])]); // prettier-ignore

function numericForm(text) {
  if (DIGITS.test(text)) return "digits";
  if (NUMERIC.test(text)) return "numeric";
  if (TIME.test(text)) return "time";
  return LOCAL_DATE.test(text) ? "local-date" : "";
}

function formOf(text) {
  const head = text.charCodeAt(0);
  const numeric = head < 0x3a && head > 0x2a ? numericForm(text) : ""; // a digit, a sign or a point
  if (numeric) return numeric;
  if (text.length === 36 && UUID.test(text)) return "uuid";
  if (text.includes(" ")) return JSON_LIKE.test(text) ? "json" : "text"; // no other form has a blank
  if (HEX.test(text)) return "hex";
  if (JSON_LIKE.test(text)) return "json";
  const url = URL_LIKE.exec(text);
  const form = url && URL_FORMS.get(url[1].toLowerCase());
  if (form) return form;
  if (TOKEN.test(text)) return "token";
  if (WORD.test(text)) return "word";
  return PATH.test(text) ? "path" : "text";
}
