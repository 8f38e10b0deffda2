/**
 * The suite that every engine runs: vectors and laws, in the dialect of the engines and without a framework.
 * Thorough forms of the laws, which take a fast engine, are in test/unit.
 */
import { createSha256 as createSha256Halves } from "../../src/hash/sha256-halves.ts";
import base64Vectors from "../vectors/base64.json" with { type: "json" };
import md5Vectors from "../vectors/md5.json" with { type: "json" };
import vectors12 from "../vectors/notification12.json" with { type: "json" };
import vectors13 from "../vectors/notification13.json" with { type: "json" };
import pushVectors from "../vectors/push.json" with { type: "json" };
import sha256Vectors from "../vectors/sha256.json" with { type: "json" };
import sha256Constants from "../vectors/sha256-constants.json" with { type: "json" };
import utf8Vectors from "../vectors/utf8.json" with { type: "json" };
import type { Pkg0, T } from "./api.ts";
import { clientSuite } from "./client.ts";
import {
  base64,
  digests,
  type HashVectors,
  hashes,
  netUnicode,
  pushHeader,
  type RootVectors,
  roots,
  type TextVectors,
  utf8,
} from "./primitives.ts";
import { changedReaders, readers } from "./readers.ts";
import { refusals } from "./refusals.ts";
import { smsSuite } from "./sms.ts";
import type { Vectors } from "./vectors.ts";
import { writers } from "./writers.ts";

export type { Pkg0, T } from "./api.ts";

export const NOTIFICATION13 = vectors13 as unknown as Vectors;
export const NOTIFICATION12 = vectors12 as unknown as Vectors;
export const PUSH = pushVectors as unknown as Vectors;

/** Runs all checks on `pkg0`: the API object of a bundle, or of src. */
export function suite(t: T, pkg0: Pkg0): void {
  roots(t, sha256Constants as RootVectors);
  hashes(t, pkg0.createSha256(), sha256Vectors as HashVectors);
  digests(t, createSha256Halves(), "sha256 in halves", sha256Vectors as HashVectors);
  hashes(t, pkg0.createMd5(), md5Vectors as HashVectors);
  base64(t, pkg0, base64Vectors as TextVectors);
  utf8(t, pkg0, utf8Vectors as TextVectors);
  netUnicode(t, pkg0);
  readers(t, pkg0, NOTIFICATION13);
  readers(t, pkg0, NOTIFICATION12);
  readers(t, pkg0, PUSH);
  changedReaders(t, pkg0, NOTIFICATION13, MASKS, 1, 160);
  changedReaders(t, pkg0, NOTIFICATION12, MASKS, 1, 160);
  changedReaders(t, pkg0, PUSH, MASKS, 40, 60);
  writers(t, pkg0, NOTIFICATION13);
  writers(t, pkg0, NOTIFICATION12);
  refusals(t, pkg0);
  pushHeader(t, pkg0);
  smsSuite(t, pkg0);
  clientSuite(t, pkg0);
}

/** The masks that change a byte: the bit at either end, and all bits. */
const MASKS = [0x01, 0x80, 0xff];
