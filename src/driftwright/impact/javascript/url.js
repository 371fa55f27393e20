// Takes addresses apart and puts them together, as the URL standard of the web (WHATWG) says.
//
// The standard reads one character after the other. Here the fragment and the query are cut off first, since nothing
// before them can hold their marks, and then each part is read as a whole; the results are the same.
//
// An address is `{scheme, username, password, host, port, path, query, fragment}`. `host` is null where there is none,
// and so are `port`, `query` and `fragment`; `path` is a list of segments, or a text where it is opaque (`mailto:a@b`).

const PORTS = { "ftp:": 21, "file:": null, "http:": 80, "https:": 443, "ws:": 80, "wss:": 443 };
const SCHEME = /^([a-z][a-z0-9+.-]*:)(.*)$/is;
const DOT = /^(?:\.|%2e)$/i;
const TWO_DOTS = /^(?:\.|%2e){2}$/i;
const DRIVE = /^[a-z][:|]$/i; // of Windows, as in file:///C:/a
const STARTS_WITH_DRIVE = /^[a-z][:|](?:[/\\]|$)/i;
const CLEAN_DRIVE = /^[a-z]:$/i;

// What is percent-encoded beside control characters and everything beyond ASCII.
const encodedIn = (more) => new RegExp(`[^ -~]|[${more}]`, "gu");
const CONTROL = encodedIn("");
const FRAGMENT = encodedIn(' "<>`');
const QUERY = encodedIn(' "#<>');
const SPECIAL_QUERY = encodedIn(" \"#<>'");
const PATH = encodedIn(' "#<>?^`{}');
const USER = encodedIn(' "#<>?^`{}/:;=@[\\\\\\]|');
const NOT_IN_HOST = /[\0\t\n\r #/:<>?@[\\\]^|]/;
const NOT_IN_DOMAIN = /[\0- #%/:<>?@[\\\]^|\x7f]/;

/** Returns what is asked of addresses; `domainToAscii` writes a domain in ASCII. */
export function addresses(domainToAscii) {
  /** Read `text`, relative to the address `base` unless that is null; null when it is no address. */
  function parse(text, base) {
    const trimmed = oneLine(text.replace(/^[\0- ]+|[\0- ]+$/g, ""));
    const [, scheme, rest] = SCHEME.exec(trimmed) ?? ["", "", trimmed];
    const [body, query, fragment] = cut(rest);
    const url = scheme ? absolute(scheme.toLowerCase(), body, base) : relative(body, query, fragment, base);
    if (url === null) return null;
    if (query !== null) url.query = percent(query, queryMarks(url));
    if (fragment !== null) url.fragment = percent(fragment, FRAGMENT);
    return url;
  }

  function absolute(scheme, body, base) {
    const url = blank(scheme);
    if (scheme === "file:") return file(url, body, base?.scheme === "file:" ? base : null);
    if (isSpecial(url)) {
      if (base?.scheme === scheme && !body.startsWith("//")) return beside(url, body, base);
      return authority(url, body.replace(/^[/\\]*/, ""));
    }
    if (body.startsWith("//")) return authority(url, body.slice(2));
    if (body.startsWith("/")) walk(url, body.slice(1));
    else url.path = percent(body, CONTROL);
    return url;
  }

  function relative(body, query, fragment, base) {
    if (base === null) return null;
    if (typeof base.path === "string") {
      return body === "" && query === null && fragment !== null ? { ...base, fragment: null } : null;
    }
    const url = blank(base.scheme);
    return base.scheme === "file:" ? file(url, body, base) : beside(url, body, base);
  }

  /** An address of the same scheme as `base`, with the host of it unless `body` names one. */
  function beside(url, body, base) {
    const slash = isSpecial(url) ? /^[/\\]/ : /^\//;
    if (slash.test(body) && slash.test(body.slice(1))) {
      return authority(url, isSpecial(url) ? body.replace(/^[/\\]*/, "") : body.slice(2));
    }
    const { username, password, host, port } = base;
    Object.assign(url, { username, password, host, port });
    if (slash.test(body)) walk(url, body.slice(1));
    else fromPathOf(base, url, body);
    return url;
  }

  function file(url, body, base) {
    url.host = "";
    if (/^[/\\]{2}/.test(body)) return fileHost(url, body.slice(2));
    const drive = STARTS_WITH_DRIVE.test(body.replace(/^[/\\]/, ""));
    if (/^[/\\]/.test(body)) {
      if (base !== null) {
        url.host = base.host;
        if (!drive && CLEAN_DRIVE.test(base.path[0])) url.path = [base.path[0]];
      }
      walk(url, body.slice(1));
    } else if (base !== null) {
      url.host = base.host;
      if (drive) walk(url, body);
      else fromPathOf(base, url, body);
    } else walk(url, body);
    return url;
  }

  function fileHost(url, rest) {
    const end = endOf(rest, /[/\\]/);
    const name = rest.slice(0, end);
    if (DRIVE.test(name)) walk(url, rest);
    else {
      const host = name === "" ? "" : parseHost(name, true);
      if (host === null) return null;
      url.host = host === "localhost" ? "" : host;
      walk(url, rest.slice(end + 1));
    }
    return url;
  }

  function authority(url, rest) {
    const end = endOf(rest, isSpecial(url) ? /[/\\]/ : /\//);
    const at = rest.lastIndexOf("@", end - 1);
    const place = rest.slice(at + 1, end);
    if (at >= 0) {
      if (place === "") return null;
      const [username, password] = splitOnce(rest.slice(0, at), ":");
      url.username = percent(username, USER);
      url.password = percent(password ?? "", USER);
    }
    const [name, port] = splitPort(place);
    if (name === "" && (isSpecial(url) || port !== null)) return null;
    url.host = parseHost(name, isSpecial(url));
    if (url.host === null || (port !== null && !/^\d*$/.test(port)) || !setPort(url, port)) return null;
    const path = rest.slice(end);
    if (path !== "" || isSpecial(url)) walk(url, path.slice(1));
    return url;
  }

  function parseHost(name, special) {
    if (name.startsWith("[")) return name.endsWith("]") ? ipv6(name.slice(1, -1)) : null;
    if (!special) return NOT_IN_HOST.test(name) ? null : percent(name, CONTROL);
    let plain;
    try {
      plain = decodeURIComponent(name); // a stray percent sign is as forbidden as bytes that are no text
    } catch {
      return null;
    }
    const domain = domainToAscii(plain);
    if (!domain || NOT_IN_DOMAIN.test(domain)) return null;
    const labels = domain.split(".");
    const last = labels.at(-1) || labels.at(-2);
    return last !== undefined && /^(?:\d+|0x[\da-f]*)$/.test(last) ? ipv4(labels) : domain;
  }

  // Each setter changes one part of an address, or leaves it as it is when the text is none.

  function protocol(url, text) {
    const scheme = SCHEME.exec(oneLine(`${text}:`))?.[1].toLowerCase();
    if (scheme === undefined || isSpecial({ scheme }) !== isSpecial(url)) return;
    if (scheme === "file:" && (url.username !== "" || url.password !== "" || url.port !== null)) return;
    if (url.scheme === "file:" && url.host === "") return;
    url.scheme = scheme;
    if (url.port === PORTS[scheme]) url.port = null;
  }

  function username(url, text) {
    if (hasNames(url)) url.username = percent(text, USER);
  }

  function password(url, text) {
    if (hasNames(url)) url.password = percent(text, USER);
  }

  function host(url, text) {
    changeHost(url, text, true);
  }

  function hostname(url, text) {
    changeHost(url, text, false);
  }

  function changeHost(url, text, withPort) {
    if (typeof url.path === "string") return;
    const line = oneLine(text);
    const place = line.slice(0, endOf(line, isSpecial(url) ? /[/\\?#]/ : /[/?#]/));
    const [name, port] = url.scheme === "file:" ? [place, null] : splitPort(place);
    if (port !== null && (!withPort || name === "")) return;
    if (name === "" && url.scheme !== "file:") {
      if (isSpecial(url) || url.username !== "" || url.password !== "" || url.port !== null) return;
    }
    const found = name === "" ? "" : parseHost(name, isSpecial(url));
    if (found === null) return;
    url.host = url.scheme === "file:" && found === "localhost" ? "" : found;
    changePort(url, port ?? "");
  }

  function port(url, text) {
    if (!hasNames(url)) return;
    if (text === "") url.port = null;
    else changePort(url, oneLine(text));
  }

  function changePort(url, text) {
    const digits = /^\d+/.exec(text);
    if (digits) setPort(url, digits[0]);
  }

  function pathname(url, text) {
    if (typeof url.path === "string") return;
    const line = oneLine(text);
    url.path = [];
    if (line !== "" || isSpecial(url)) walk(url, line.replace(isSpecial(url) ? /^[/\\]/ : /^\//, ""));
    else if (url.host === null) url.path.push("");
  }

  function search(url, text) {
    url.query = text === "" ? null : percent(oneLine(text.replace(/^\?/, "")), queryMarks(url));
    dropSpaces(url);
  }

  function hash(url, text) {
    url.fragment = text === "" ? null : percent(oneLine(text.replace(/^#/, "")), FRAGMENT);
    dropSpaces(url);
  }

  /** As it is written already. */
  function query(url, text) {
    url.query = text;
    dropSpaces(url);
  }

  return { parse, setters: { protocol, username, password, host, hostname, port, pathname, search, query, hash } };
}

/** The text of an address. */
export function hrefOf(url) {
  const { scheme, username, password, query, fragment } = url;
  const names = username || password ? `${username}${password && `:${password}`}@` : "";
  // Without the dot, an empty first segment would read as the beginning of a host.
  const dot = Array.isArray(url.path) && url.path.length > 1 && url.path[0] === "" ? "/." : "";
  const start = url.host === null ? dot : `//${names}${hostOf(url)}`;
  return `${scheme}${start}${pathOf(url)}${query === null ? "" : `?${query}`}${fragment === null ? "" : `#${fragment}`}`;
}

/** Its host with the port. */
export function hostOf({ host, port }) {
  return `${host ?? ""}${port === null ? "" : `:${port}`}`;
}

/** The text of its path. */
export function pathOf({ path }) {
  return typeof path === "string" ? path : path.map((segment) => `/${segment}`).join("");
}

/** The text of its origin; `parse` reads the address within a `blob:`. */
export function originOf(url, parse) {
  if (url.scheme === "blob:") {
    const inner = parse(pathOf(url), null);
    return inner !== null && /^https?:$/.test(inner.scheme) ? originOf(inner, parse) : "null";
  }
  if (!isSpecial(url) || url.scheme === "file:") return "null";
  return `${url.scheme}//${hostOf(url)}`;
}

function blank(scheme) {
  return { scheme, username: "", password: "", host: null, port: null, path: [], query: null, fragment: null };
}

function isSpecial({ scheme }) {
  return Object.hasOwn(PORTS, scheme);
}

/** Whether it may have a user and a port. */
function hasNames({ host, scheme }) {
  return host !== null && host !== "" && scheme !== "file:";
}

function oneLine(text) {
  return text.replace(/[\t\n\r]/g, "");
}

/** Body, query and fragment of what follows the scheme. */
function cut(text) {
  const [front, fragment] = splitOnce(text, "#");
  const [body, query] = splitOnce(front, "?");
  return [body, query, fragment];
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function endOf(text, mark) {
  const at = text.search(mark);
  return at < 0 ? text.length : at;
}

/** The colons within brackets belong to the host. */
function splitPort(place) {
  const [, name, port] = /^((?:\[[^\]]*(?:\]|$)|[^:[])*)(?::(.*))?$/s.exec(place);
  return [name, port ?? null];
}

function setPort(url, text) {
  if (text === null) return true;
  const port = Number(text);
  if (port > 65535) return false;
  url.port = text === "" || port === PORTS[url.scheme] ? null : port;
  return true;
}

function queryMarks(url) {
  return isSpecial(url) ? SPECIAL_QUERY : QUERY;
}

function percent(text, marks) {
  return text.replace(marks, (character) => {
    if (character > "\x7f") return encodeURIComponent(character);
    return `%${character.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`;
  });
}

/** Go on from the path of `base`; an empty text is that path itself, with its query unless a new one follows. */
function fromPathOf(base, url, text) {
  url.path = [...base.path];
  if (text === "") url.query = base.query;
  else {
    shorten(url);
    walk(url, text);
  }
}

/** Follow the segments of a text without its first slash. */
function walk(url, text) {
  const segments = text.split(isSpecial(url) ? /[/\\]/ : "/");
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (TWO_DOTS.test(segment)) shorten(url);
    if (TWO_DOTS.test(segment) || DOT.test(segment)) {
      if (last) url.path.push("");
    } else if (url.scheme === "file:" && url.path.length === 0 && DRIVE.test(segment)) url.path.push(`${segment[0]}:`);
    else url.path.push(percent(segment, PATH));
  });
}

function shorten({ scheme, path }) {
  if (scheme !== "file:" || path.length !== 1 || !CLEAN_DRIVE.test(path[0])) path.pop();
}

/** The spaces at the end of an opaque path stay only while something follows. */
function dropSpaces(url) {
  if (typeof url.path === "string" && url.query === null && url.fragment === null) url.path = url.path.replace(/ +$/, "");
}

function ipv4(labels) {
  const parts = labels.at(-1) === "" ? labels.slice(0, -1) : labels;
  if (parts.length > 4) return null;
  const numbers = parts.map(ipv4Number);
  const last = numbers.pop();
  if (last === null || numbers.some((number) => number === null || number > 255)) return null;
  if (last >= 256 ** (4 - numbers.length)) return null;
  const address = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}

function ipv4Number(part) {
  if (/^0x[\da-f]*$/i.test(part)) return part.length === 2 ? 0 : parseInt(part, 16);
  if (/^0[0-7]+$/.test(part)) return parseInt(part, 8);
  return /^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : null;
}

function ipv6(text) {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const pieces = (half, index) => (half === "" ? [] : ipv6Pieces(half, index === halves.length - 1));
  const [front, back = []] = halves.map(pieces);
  if (front === null || back === null) return null;
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  return `[${ipv6Text([...front, ...Array(missing).fill(0), ...back])}]`;
}

function ipv6Pieces(text, isEnd) {
  const parts = text.split(":");
  const tail = isEnd && parts.at(-1).includes(".") ? parts.pop() : null;
  if (parts.some((part) => !/^[\da-f]{1,4}$/i.test(part))) return null;
  const pieces = parts.map((part) => parseInt(part, 16));
  if (tail === null) return pieces;
  if (!/^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(tail)) return null;
  const bytes = tail.split(".").map(Number);
  if (bytes.some((byte) => byte > 255)) return null;
  return [...pieces, bytes[0] * 256 + bytes[1], bytes[2] * 256 + bytes[3]];
}

/** The first of the longest runs of zeros is left out, unless it is a single one. */
function ipv6Text(pieces) {
  const text = pieces.map((piece) => piece.toString(16)).join(":");
  const runs = [...text.matchAll(/(?:^|(?<=:))0(?::0)+/g)];
  const longest = runs.reduce((most, run) => (run[0].length > most[0].length ? run : most), [""]);
  if (longest[0] === "") return text;
  const end = longest.index + longest[0].length;
  return `${text.slice(0, longest.index).replace(/:$/, "")}::${text.slice(end).replace(/^:/, "")}`;
}
