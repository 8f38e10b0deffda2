/**
 * The twin of the WSP Push PDU: it cuts the header block into values, and then decodes each value. WAP-230 §8.2.4.1 and
 * §8.4. Throws for any fault, and returns null for a well-formed push that is not for DM.
 */
export interface TwinPush {
  tid: number;
  contentType: number;
  body: number[];
}

type Value =
  | { kind: "short"; code: number }
  | { kind: "text"; text: string }
  | { kind: "octets"; octets: number[]; isQuoted: boolean };

const TYPES = [
  { code: 0x58, mime: "application/vnd.syncml.dm.notification" },
  { code: 0x44, mime: "application/vnd.syncml.notification" },
];

export function readTwinPush(message: Uint8Array, headersMax: number): TwinPush | null {
  const octets = Array.from(message);
  const tid = take(octets);
  if (take(octets) !== 0x06) throw new Error("PDU type");
  const length = takeUintvar(octets);
  if (length > octets.length) throw new Error("HeadersLen past the end");
  if (length > headersMax) throw new Error("HeadersLen over the bound");
  const headers = octets.splice(0, length);

  const contentType = contentTypeOf(takeValue(headers));
  if (contentType === 0) return null;
  let ours = 0;
  let others = 0;
  let page = 1;
  while (headers.length > 0) {
    if (headers[0] === 0x7f) {
      headers.shift();
      page = take(headers);
    } else if (headers[0] >= 1 && headers[0] <= 0x1f) {
      page = take(headers);
    } else {
      const isName = headers[0] !== 0;
      if (!isName) throw new Error("name of NUL");
      const name = takeValue(headers);
      const value = takeValue(headers);
      const isApplicationId =
        name.kind === "text"
          ? name.text.toLowerCase() === "x-wap-application-id"
          : name.kind === "short" && name.code === 0x2f && page === 1;
      if (isApplicationId && isDm(value)) ours++;
      else if (isApplicationId) others++;
    }
  }
  return ours > 0 && others === 0 ? { tid, contentType, body: octets } : null;
}

function contentTypeOf(value: Value): number {
  if (value.kind === "short") return TYPES.find(type => type.code === value.code)?.code ?? 0;
  if (value.kind === "text") {
    const mime = value.text
      .split(";")[0]
      .replace(/^[ \t]+|[ \t]+$/g, "")
      .toLowerCase();
    return TYPES.find(type => type.mime === mime)?.code ?? 0;
  }
  const octets = [...value.octets];
  if (octets.length === 0) throw new Error("no media type");
  if (octets[0] >= 0x20) return contentTypeOf(takeValue(octets));
  const media = takeValue(octets);
  if (media.kind !== "octets" || !isLongInteger(media)) throw new Error("media type that is no Long-integer");
  return TYPES.find(type => isNumber(media.octets, type.code))?.code ?? 0;
}

function isDm(value: Value): boolean {
  if (value.kind === "short") return value.code === 7;
  if (value.kind === "text") return value.text.toLowerCase() === "x-wap-application:syncml.dm";
  return isLongInteger(value) && isNumber(value.octets, 7);
}

/** §8.4.2.1: Short-length 1 to 30 and as many octets; the length quote 31 begins no integer. */
function isLongInteger(value: { octets: number[]; isQuoted: boolean }): boolean {
  return !value.isQuoted && value.octets.length > 0;
}

function isNumber(octets: number[], small: number): boolean {
  return octets.at(-1) === small && octets.slice(0, -1).every(octet => octet === 0);
}

/** §8.4.1.2: what comes next is told by its first octet. */
function takeValue(octets: number[]): Value {
  const first = take(octets);
  if (first >= 0x80) return { kind: "short", code: first - 0x80 };
  if (first >= 0x20) {
    const end = octets.indexOf(0);
    if (end < 0) throw new Error("text without NUL");
    const text = String.fromCharCode(first, ...octets.splice(0, end));
    octets.shift();
    return { kind: "text", text };
  }
  const length = first === 31 ? takeUintvar(octets) : first;
  if (length > octets.length) throw new Error("Value-length past the end");
  return { kind: "octets", octets: octets.splice(0, length), isQuoted: first === 31 };
}

/** §8.1.2, of at most 5 octets and 32 bits. */
function takeUintvar(octets: number[]): number {
  let bits = "";
  for (let i = 0; i < 5; i++) {
    const octet = take(octets);
    bits += (octet & 0x7f).toString(2).padStart(7, "0");
    if (octet < 0x80) {
      const value = Number.parseInt(bits, 2);
      if (value > 0xffffffff) throw new Error("uintvar of more than 32 bits");
      return value;
    }
  }
  throw new Error("uintvar of more than 5 octets");
}

function take(octets: number[]): number {
  const octet = octets.shift();
  if (octet === undefined) throw new Error("cut");
  return octet;
}
