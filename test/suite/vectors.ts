/** Vectors (test/vectors/README.md) as bytes. */
import { STATUSES } from "./statuses.ts";

/** `hex`, meaning, section; `hex` is pairs of digits, or pairs and `*count` for a repetition. */
export type Part = string[];

export interface Credentials {
  name: string;
  password: string;
  /** Hex. */
  nonce: string;
}

/** Fields of a good message; absent = 0 or empty. Spans in hex. */
export interface Expected {
  [field: string]: number | string | number[];
}

export interface Vector {
  name: string;
  section: string;
  source: string;
  parts: Part[];
  valid: boolean;
  isCanonical?: boolean;
  expect?: Expected;
  status?: string;
  at?: number;
  writeStatus?: string;
  digestValid?: boolean;
  digestInput?: string;
  rules?: string[];
  credentials?: Credentials;
  headersMax?: number;
  body?: { status: string; at?: number; secret?: string; credentials?: Credentials };
}

export interface Vectors {
  file: string;
  document: string;
  secret?: string;
  credentials?: Credentials;
  headersMax?: number;
  vectors: Vector[];
}

export function statusOf(name: string): number {
  const status = STATUSES[name];
  return status === undefined ? -1 : status;
}

export function nameOf(status: number): string {
  const names = Object.keys(STATUSES);
  for (let i = 0; i < names.length; i++) if (STATUSES[names[i]] === status) return names[i];
  return `undeclared ${status}`;
}

/** The bytes of "6d67" or "61*255". */
export function bytesOf(hex: string): Uint8Array {
  const pieces = hex.split("*");
  const pairs = pieces[0].length >> 1;
  const times = pieces.length > 1 ? parseInt(pieces[1], 10) : 1;
  const bytes = new Uint8Array(pairs * times);
  for (let i = 0; i < pairs; i++) bytes[i] = parseInt(hex.substring(2 * i, 2 * i + 2), 16);
  for (let i = pairs; i < bytes.length; i++) bytes[i] = bytes[i - pairs];
  return bytes;
}

/** The message of a vector: its parts in a row. */
export function inputOf(vector: Vector): Uint8Array {
  const pieces = [];
  let length = 0;
  for (let i = 0; i < vector.parts.length; i++) {
    const piece = bytesOf(vector.parts[i][0]);
    pieces.push(piece);
    length += piece.length;
  }
  const input = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < pieces.length; i++) {
    input.set(pieces[i], at);
    at += pieces[i].length;
  }
  return input;
}

export function asciiOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function hexOf(bytes: Uint8Array, from: number, to: number): string {
  let hex = "";
  for (let i = from; i < to; i++) hex += (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16);
  return hex;
}

/** A span as text to compare: its length and first bytes, and of a long one a sum over all of them. */
export function spanOf(bytes: Uint8Array, at: number, length: number): string {
  if (length <= 40) return `${length}:${hexOf(bytes, at, at + length)}`;
  let sum = 0;
  for (let i = 0; i < length; i++) sum = (sum * 31 + bytes[at + i]) % 16777213;
  return `${length}:${hexOf(bytes, at, at + 20)}..#${sum}`;
}
