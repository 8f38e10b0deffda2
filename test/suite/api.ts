/** The interface between the suite and a test framework. The runner of each engine implements it. */
export interface T {
  /** Runs `check` now, and counts it as failed when one of its comparisons does or when it throws. */
  test(name: string, check: () => void): void;
  equal(actual: string | number | boolean | null, expected: string | number | boolean | null, what: string): void;
  ok(condition: boolean, what: string): void;
}

/** The part of the API that the suite tests: a bundle's global, or src/index.ts. */
export type Pkg0 = Pick<
  typeof import("../../src/index.ts"),
  | "createSha256"
  | "createMd5"
  | "readBase64"
  | "writeBase64"
  | "checkUtf8"
  | "checkNetUnicode"
  | "newNotification"
  | "readNotification13"
  | "verifyDigest13"
  | "writeNotification13"
  | "readNotification12"
  | "verifyDigest12"
  | "writeNotification12"
  | "newPush"
  | "readPush"
  | "writePushHeader"
  | "newTpdu"
  | "readTpdu"
  | "isOthers"
  | "createSmsReceiver"
  | "createWdpReceiver"
  | "countParts"
  | "writePart"
  | "writeSubmit"
  | "SUBMIT_BYTES"
  | "DCS_DATA"
  | "createModem"
  | "createAtSender"
  | "createClient"
>;

/** A reader for the laws: one format, with the keys of a vector. All calls share one record. */
export interface Codec {
  /** Reads into the record; the status. */
  read(bytes: Uint8Array, from: number, to: number): number;
  /** The offset of the fault after a failed read. */
  errorAt(): number;
  /** Everything that the last read found, as text; offsets are relative to `from`. */
  summary(from: number): string;
  /** Whether the digest of the last read message is right; false for a format without a digest. */
  isVerified(): boolean;
  /** Whether a cut message may still be read (its last field has no length of its own). */
  isOpenEnded: boolean;
}
