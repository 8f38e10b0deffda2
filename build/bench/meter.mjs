/**
 * Makes a module of WebAssembly count its own instructions: each straight run of them adds its length to a global. The
 * libraries for this work on the text form, and take minutes for an engine's module (measured with wabt 1.0.39).
 */

/** The global's name among the exports; a BigInt. */
export const COUNTER = "instructionsCounted";

const [GLOBALS, EXPORTS, CODE] = [6, 7, 10];
const [BLOCK, LOOP, IF, ELSE, END, BR, BR_IF, BR_TABLE, RETURN] = [2, 3, 4, 5, 11, 12, 13, 14, 15];
const [CALL_INDIRECT, SELECT_TYPED, F32_CONST, F64_CONST, PREFIXED] = [0x11, 0x1c, 0x43, 0x44, 0xfc];
const I64 = 0x7e;
/** Opcodes that mark a place and do nothing. */
const PLACES = [BLOCK, LOOP, ELSE, END];
const ENDS_OF_RUNS = [...PLACES, IF, BR, BR_IF, BR_TABLE, RETURN];
/** Opcodes that one LEB128 number follows: branches, calls, variables, tables, constants. Two follow those of memory. */
const ONE_NUMBER = [BLOCK, LOOP, IF, BR, BR_IF, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0x41, 0x42];
/** How many numbers follow PREFIXED and a second opcode, by that opcode: conversions, then memory.init to table.fill. */
const PREFIXED_NUMBERS = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

/** Reads numbers from `bytes`, from `at` on. */
function createReader(bytes, from) {
  const reader = {
    at: from,
    byte: () => bytes[reader.at++],
    /** The next LEB128 number, if it is below 2^31 and not signed; after any other, only `at` is right. */
    number() {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = reader.byte();
        value |= (byte & 127) << shift;
        if (byte < 128) return value;
      }
    },
  };
  return reader;
}

function numberBytes(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...numberBytes(value >>> 7)];
}

/** The bytes of a positive number in signed LEB128. */
function signedBytes(value) {
  return value < 64 ? [value] : [(value & 127) | 128, ...signedBytes(value >>> 7)];
}

/** Skips the operands of `op`. */
function skipImmediates(reader, op) {
  if (ONE_NUMBER.includes(op)) reader.number();
  else if (op === CALL_INDIRECT || (op >= 0x28 && op <= 0x3e)) reader.number() + reader.number();
  else if (op === F32_CONST) reader.at += 4;
  else if (op === F64_CONST) reader.at += 8;
  else if (op === PREFIXED) for (let k = PREFIXED_NUMBERS[reader.number()]; k > 0; k--) reader.number();
  else if (op === BR_TABLE || op === SELECT_TYPED) {
    for (let k = reader.number() + (op === BR_TABLE ? 1 : 0); k > 0; k--) reader.number();
  } else if (op > 0xc4) throw new Error(`opcode ${op} is not known`);
}

/** The body of a function `bytes[from..to)`, with the counting in it; `counter` is the global's index. */
function meterBody(bytes, from, to, counter) {
  const out = [];
  const reader = createReader(bytes, from);
  for (let k = reader.number(); k > 0; k--) reader.number() + reader.byte(); // the types of local variables
  let copied = from;
  let length = 0;
  const index = numberBytes(counter);
  while (reader.at < to) {
    const at = reader.at;
    const op = reader.byte();
    skipImmediates(reader, op);
    if (!PLACES.includes(op)) length++;
    if (!ENDS_OF_RUNS.includes(op) || length === 0) continue;
    for (; copied < at; copied++) out.push(bytes[copied]);
    out.push(0x23, ...index, 0x42, ...signedBytes(length), 0x7c, 0x24, ...index); // get, i64.const, i64.add, set
    length = 0;
  }
  for (; copied < to; copied++) out.push(bytes[copied]);
  return out;
}

/** A section that is a list, with `more` behind it. */
function extended(bytes, from, to, more) {
  const reader = createReader(bytes, from);
  return [...numberBytes(reader.number() + 1), ...bytes.subarray(reader.at, to), ...more];
}

function meterCode(bytes, from, counter) {
  const reader = createReader(bytes, from);
  const count = reader.number();
  const bodies = [];
  for (let k = 0; k < count; k++) {
    const size = reader.number();
    const body = meterBody(bytes, reader.at, reader.at + size, counter);
    bodies.push([...numberBytes(body.length), ...body]);
    reader.at += size;
  }
  return [...numberBytes(count), ...bodies.flat()];
}

/** The module `bytes`, which imports no globals, with the counting in it. */
export function meter(bytes) {
  const out = [...bytes.subarray(0, 8)]; // magic and version
  const reader = createReader(bytes, 8);
  let counter = 0;
  const name = [...Buffer.from(COUNTER)];
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.number();
    const [from, to] = [reader.at, reader.at + size];
    let section = bytes.subarray(from, to);
    if (id === GLOBALS) {
      counter = createReader(bytes, from).number();
      section = extended(bytes, from, to, [I64, 1, 0x42, 0, END]);
    } else if (id === EXPORTS) {
      section = extended(bytes, from, to, [...numberBytes(name.length), ...name, 3, ...numberBytes(counter)]);
    } else if (id === CODE) {
      section = meterCode(bytes, from, counter);
    }
    out.push(id, ...numberBytes(section.length));
    for (const byte of section) out.push(byte);
    reader.at = to;
  }
  return Uint8Array.from(out);
}
