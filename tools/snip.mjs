/*
 * Takes functions out of a WebAssembly module by name. What is reachable only through a table of methods looks used to
 * every linker; where it is known not to be, its body is replaced by a trap, and wasm-opt then drops all that only it
 * called. The module must still have its name section.
 */

const CUSTOM = 0;
const IMPORTS = 2;
const CODE = 10;
/** No locals; unreachable; end. */
const TRAP = [3, 0x00, 0x00, 0x0b];

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  /** An unsigned integer in LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }
}

function leb128(value) {
  const bytes = [];
  do {
    const rest = value >>> 7;
    bytes.push((value & 0x7f) | (rest ? 0x80 : 0));
    value = rest;
  } while (value);
  return Buffer.from(bytes);
}

function* sections(bytes) {
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const length = reader.number();
    yield { id, start, body: reader.at, end: reader.at + length };
    reader.at += length;
  }
}

/** Functions come before a module's own in the numbering; wasm-bindgen imports nothing else. */
function importedFunctions(bytes, { body }) {
  const reader = new Reader(bytes, body);
  const count = reader.number();
  for (let n = 0; n < count; n++) {
    reader.text();
    reader.text();
    if (reader.byte() !== 0) throw new Error("snip: the module imports something else than functions");
    reader.number();
  }
  return count;
}

/** number → name, of the functions */
function functionNames(bytes, { body, end }) {
  const names = new Map();
  const reader = new Reader(bytes, body);
  if (reader.text() !== "name") return names;
  while (reader.at < end) {
    const kind = reader.byte();
    const length = reader.number();
    const next = reader.at + length;
    if (kind === 1) {
      for (let left = reader.number(); left > 0; left--) names.set(reader.number(), reader.text());
    }
    reader.at = next;
  }
  return names;
}

/**
 * `bytes` with traps in place of the functions whose names match one of the `patterns`, and how many those are. A pattern that finds none
 * is an error: what it names has another name by now, and the others alone would leave a larger module behind and say nothing.
 */
export function snip(bytes, patterns) {
  let imported = 0;
  const names = new Map();
  for (const section of sections(bytes)) {
    if (section.id === IMPORTS) imported = importedFunctions(bytes, section);
    if (section.id === CUSTOM) for (const [number, name] of functionNames(bytes, section)) names.set(number, name);
  }
  let snipped = 0;
  const unused = new Set(patterns);
  const out = [bytes.subarray(0, 8)];
  for (const { id, start, body, end } of sections(bytes)) {
    if (id !== CODE) {
      out.push(bytes.subarray(start, end));
      continue;
    }
    const reader = new Reader(bytes, body);
    const count = reader.number();
    const functions = [leb128(count)];
    for (let n = 0; n < count; n++) {
      const from = reader.at;
      const length = reader.number();
      reader.at += length;
      const named = patterns.filter((pattern) => pattern.test(names.get(imported + n) ?? ""));
      if (named.length > 0) {
        for (const pattern of named) unused.delete(pattern);
        functions.push(Buffer.from(TRAP));
        snipped += 1;
      } else {
        functions.push(bytes.subarray(from, reader.at));
      }
    }
    const code = Buffer.concat(functions);
    out.push(Buffer.from([CODE]), leb128(code.length), code);
  }
  if (unused.size > 0) {
    throw new Error(
      names.size === 0
        ? "snip: the module has no names; cargo must build it with strip = \"none\""
        : `snip: no function is called like ${[...unused].join(" or ")}. Was Leptos updated? Look for its state machines of lazy ` +
          "hydration among the names of the module, and change the pattern, or leave the step out if they are gone " +
          "(docs/ARCHITECTURE.md, Couplings)",
    );
  }
  return { bytes: Buffer.concat(out), snipped };
}
