// The settings: what they allow, which differ from the defaults, and an address for them.

import { VERSION } from "./numbers.js";
import SPEC from "./settings.json" with { type: "json" };

export { SPEC };

// What has a control can be hidden by its name.
for (const [name, { control }] of Object.entries(SPEC)) if (control) SPEC.hide.options[name] = "";

// What is usual for a kind of data.
export const defaultsFor = (data) =>
  Object.fromEntries(
    Object.entries(SPEC).map(([name, spec]) => [name, spec.for?.[data] ?? spec.default]),
  );
export const DEFAULTS = defaultsFor();

// What a change of a setting during a run changes: "steps", those from there on, or
// "nothing"; any other begins a new run.
const whichChange = (what) => Object.keys(SPEC).filter((name) => SPEC[name].changes === what);
export const LIVE = whichChange("steps");
export const QUIET = whichChange("nothing");

// The name of the activation of each layer, the output last.
export function activationsOf({ hidden, activation, output }) {
  const names = [activation].flat();
  return [...hidden.map((_, l) => names[l] ?? names.at(-1)), output];
}

// What is wrong with a value; empty if nothing is. Python refuses the same in its words.
export function complaint(name, value) {
  if (!Object.hasOwn(SPEC, name)) return `there is no setting ${name}`;
  const spec = SPEC[name];
  const { least, most, options, count = Infinity } = spec;
  const isList = Array.isArray(value);
  if (isList !== "of" in spec && !(isList && value.length && spec.each))
    return `${name} must be ${"of" in spec ? "a list" : "one value"}`;
  if (isList && value.length > count) return `${name} may have at most ${count}`;
  if (spec.some && !value.length) return `${name} needs at least one`;
  for (const one of isList ? value : [value]) {
    const told = `not ${typeof one === "object" ? JSON.stringify(one) : one}`;
    if (spec.of === "points") {
      if (!(Array.isArray(one) && one.length === 3 && one.every(Number.isFinite)))
        return `each of ${name} must be x0, x1 and a target`;
    } else if (options) {
      if (typeof one !== "string" || !Object.hasOwn(options, one))
        return `${name} must be one of ${Object.keys(options).join(", ")}, ${told}`;
    } else if (!Number.isFinite(one)) return `${name} must be a number, ${told}`;
    else if (!(least <= one && one <= most))
      return `${name} must be from ${least} to ${most}, ${told}`;
    else if (spec.whole && !Number.isInteger(one)) return `${name} must be a whole number`;
  }
  return "";
}

// Those that differ from others, else from what is usual for these data.
export function changed(settings, others = defaultsFor(settings.data)) {
  const differs = ([name, value]) => JSON.stringify(value) !== JSON.stringify(others[name]);
  return Object.fromEntries(Object.entries(settings).filter(differs));
}

// What differs, as the part of an address behind '#': data=xor&hidden=4,2&v=1
export function toAddress(settings) {
  const parts = Object.entries(changed(settings)).map(([name, value]) => {
    const text = name === "points" ? value.map((row) => row.join(" ")) : value;
    return `${name}=${encodeURIComponent(text).replaceAll("%2C", ",")}`;
  });
  return parts.length ? [...parts, `v=${VERSION}`].join("&") : "";
}

// The settings of an address, and what is wrong with it.
export function fromAddress(text) {
  const settings = {};
  const complaints = [];
  for (const [name, word] of new URLSearchParams(text)) {
    if (name === "v" && Number(word) !== VERSION)
      complaints.push("this link is from another version, whose seeds draw other numbers");
    if (name === "v") continue;
    const value = parse(SPEC[name] ?? {}, word);
    const wrong = complaint(name, value);
    if (wrong) complaints.push(wrong);
    else settings[name] = value;
  }
  return { settings, complaints };
}

function parse(spec, word) {
  const one = (text) => (spec.options ? text : text === "" ? NaN : Number(text));
  const parts = word === "" ? [] : word.split(",");
  if (spec.of === "points") return parts.map((row) => row.split(" ").map(Number));
  if (spec.of || (spec.each && parts.length > 1)) return parts.map(one);
  return one(word);
}
