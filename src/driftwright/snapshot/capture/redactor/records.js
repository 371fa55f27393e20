// Records: lines of JSON and server-sent events as one document, and the texts of several answers or files as one

const valueOrText = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text; // what is no JSON shows as a text: whoever reads it would meet it as well
  }
};

/** The records of lines of JSON; a last line that is neither ended nor whole is still being written, and left out. */
function linesIn(text) {
  const lines = text.split(/\r\n|\n|\r/);
  const last = lines.pop();
  const records = lines.filter((line) => line.trim() !== "").map(valueOrText);
  const ended = last.trim() === "" ? last : valueOrText(last);
  return typeof ended === "string" ? records : [...records, ended];
}

/** Server-sent events as `{ event, data }`, the data parsed where it is JSON; one that was not ended is left out. */
function eventsIn(text) {
  const found = [];
  let name = "";
  let data = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === "") {
      if (data.length > 0) found.push({ event: name || "message", data: valueOrText(data.join("\n")) });
      [name, data] = ["", []];
      continue;
    }
    const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (field === "event") name = value ?? "";
    if (field === "data") data.push(value ?? "");
  }
  return found;
}

/** Whether a text that is no JSON is lines of it. */
function areLines(text) {
  const head = /^\s*([[{].*)[\r\n]/.exec(text);
  return head !== null && typeof valueOrText(head[1]) !== "string" && typeof valueOrText(text) === "string";
}

function recordsIn([form, text]) {
  if (form === "events") return eventsIn(text);
  return form === "lines" || areLines(text) ? linesIn(text) : null;
}

/** The text of one document: of the only part, or of all records of `many` parts as one list. */
function documentText(parts, many) {
  const units = parts.reduce((sum, [, text]) => sum + text.length, 0);
  if (units > LIMIT.units) return " ".repeat(LIMIT.units + 1); // larger than a capture looks
  if (many) return JSON.stringify(parts.flatMap((part) => recordsIn(part) ?? [valueOrText(part[1])]));
  const records = recordsIn(parts[0]);
  return records === null ? parts[0][1] : JSON.stringify(records);
}

/** The one of several that `take` names, or all of them, as text; undefined where there is no such one. */
function taken(parts, take) {
  if (take === "all") return parts.length > 0 ? documentText(parts, true) : undefined;
  const part = take === "last" ? parts.at(-1) : parts[Number(take) > 0 ? Number(take) - 1 : 0];
  return part && documentText([part], false);
}
