// Holds a value against a JSON Schema (2020-12), without making code of it. Messages hold no value.

import { isOf } from "./resolver.js";
import { same } from "./same.js";

const MOST = 100; // issues
const patterns = new Map();

function matches(pattern, text) {
  if (!patterns.has(pattern)) {
    try {
      patterns.set(pattern, new RegExp(pattern, "u"));
    } catch {
      patterns.set(pattern, new RegExp(pattern)); // an escape that only the older grammar knows
    }
  }
  return patterns.get(pattern).test(text);
}

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const sizeOf = (text) => [...text].length;
const isValid = (schema, value) => check(schema, value, [], []).length === 0;
const valid = (schemas, value) => schemas.filter((schema) => isValid(schema, value)).length;
const NUMBERS = {
  minimum: (value, least) => value >= least,
  maximum: (value, most) => value <= most,
  exclusiveMinimum: (value, least) => value > least,
  exclusiveMaximum: (value, most) => value < most,
  multipleOf: (value, factor) => Number.isInteger(value / factor),
};
const TEXTS = {
  minLength: (value, least) => sizeOf(value) >= least,
  maxLength: (value, most) => sizeOf(value) <= most,
  pattern: (value, pattern) => matches(pattern, value),
};
const LISTS = {
  minItems: (value, least) => value.length >= least,
  maxItems: (value, most) => value.length <= most,
  uniqueItems: (value, wanted) => !wanted || value.every((one, at) => !value.slice(0, at).some((other) => same(one, other))),
  contains: (value, schema) => value.some((item) => isValid(schema, item)),
};
const RECORDS = {
  minProperties: (value, least) => Object.keys(value).length >= least,
  maxProperties: (value, most) => Object.keys(value).length <= most,
  propertyNames: (value, schema) => Object.keys(value).every((name) => isValid(schema, name)),
};
const ALL = {
  type: (value, types) => isOf(value, types),
  enum: (value, held) => held.some((one) => same(one, value)),
  const: (value, held) => same(held, value),
  not: (value, schema) => !isValid(schema, value),
  anyOf: (value, schemas) => valid(schemas, value) > 0,
  oneOf: (value, schemas) => valid(schemas, value) === 1,
};

/** Collect what is wrong with a value into `issues`, each with the path to it. */
function check(schema, value, path, issues) {
  if (schema === true || issues.length >= MOST) return issues;
  if (schema === false) return add(issues, path, "is not allowed here");
  const of = typeof value === "number" ? NUMBERS : typeof value === "string" ? TEXTS : Array.isArray(value) ? LISTS : isRecord(value) ? RECORDS : {};
  for (const [keyword, wanted] of Object.entries(schema)) {
    const holds = Object.hasOwn(ALL, keyword) ? ALL[keyword] : Object.hasOwn(of, keyword) ? of[keyword] : null;
    if (holds && !holds(value, wanted)) add(issues, path, keyword === "type" ? `is not of type ${[].concat(wanted).join(" or ")}` : `violates ${keyword}`);
  }
  for (const part of schema.allOf ?? []) check(part, value, path, issues);
  if (Array.isArray(value)) checkItems(schema, value, path, issues);
  else if (isRecord(value)) checkFields(schema, value, path, issues);
  return issues;
}

function checkItems({ prefixItems = [], items = true }, value, path, issues) {
  value.forEach((item, at) => check(at < prefixItems.length ? prefixItems[at] : items, item, [...path, at], issues));
}

function checkFields(schema, value, path, issues) {
  const { required = [], properties = {}, patternProperties = {}, additionalProperties = true } = schema;
  for (const name of required) if (!Object.hasOwn(value, name)) add(issues, [...path, name], "is required");
  for (const name of Object.keys(value)) {
    const below = [...path, name];
    const named = Object.hasOwn(properties, name);
    const alike = Object.keys(patternProperties).filter((pattern) => matches(pattern, name));
    if (named) check(properties[name], value[name], below, issues);
    for (const pattern of alike) check(patternProperties[pattern], value[name], below, issues);
    if (!named && alike.length === 0) check(additionalProperties, value[name], below, issues);
  }
}

function add(issues, path, message) {
  if (issues.length < MOST) issues.push({ message, path });
  return issues;
}

/** A validator of a schema, as Standard Schema (version 1) asks for it. */
export function guard(schema) {
  return {
    accepts: (value) => isValid(schema, value),
    "~standard": {
      version: 1,
      vendor: "driftwright",
      validate(value) {
        const issues = check(schema, value, [], []);
        return issues.length > 0 ? { issues } : { value };
      },
    },
  };
}
