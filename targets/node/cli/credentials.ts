/** The options for the secret and the other inputs of a digest. */
import { readFileSync } from "node:fs";
import { DIGEST_INPUTS, type DigestInput, readBase64 } from "../../../src/index.ts";
import { bytesOfHex, type Credentials } from "../../codec/index.ts";
import { readSecret } from "../secret.ts";
import type { Options, Values } from "./command.ts";
import { UsageError } from "./command.ts";
import { warn } from "./output.ts";

export const CREDENTIALS = {
  secret: {
    kind: "text",
    value: "SECRET",
    about: "AAuthSecret of the account; - for standard input. Others can see arguments: better PKG0_SECRET, or",
  },
  "secret-file": { kind: "text", value: "FILE", about: "a file that has the secret in it" },
  nonce: {
    kind: "text",
    value: "NONCE",
    about: "AAuthData of the account, hex or base64 (DM 1.2); none when absent",
    needs: ["secret", "secret-file"],
  },
  name: {
    kind: "text",
    value: "NAME",
    about: "AAuthName, where the digest has it in place of the Server-ID (DM 1.2)",
    needs: ["secret", "secret-file"],
  },
  "digest-input": {
    kind: "choice",
    words: DIGEST_INPUTS,
    about: "what the 1.3 digest is computed over (§6.6); colons to sign, any of them to check",
    needs: ["secret", "secret-file"],
  },
} as const satisfies Options;

export function credentialsOf(values: Values<typeof CREDENTIALS>): Credentials | undefined {
  const secret = secretOf("secret", values.secret, values["secret-file"]);
  return secret === undefined ? undefined : credentialsFrom(secret, values);
}

/** The secret from --<name>, --<name>-file or the environment. Throws a UsageError. */
export function secretOf(name: string, value: string | undefined, file: string | undefined): string | undefined {
  try {
    return readSecret({
      ...{ name, value, file, environment: process.env },
      readInput: () => readFileSync(0, "utf8"),
      warn: process.stderr.isTTY === true ? warn : undefined,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Credentials with the secret of a line of input. */
export function credentialsFrom(
  secret: string,
  more: { nonce?: string | undefined; name?: string | undefined; "digest-input"?: string | undefined },
): Credentials {
  const input = more["digest-input"] as DigestInput | undefined;
  return {
    secret,
    ...(more.nonce !== undefined && { nonce: readNonce(more.nonce) }),
    ...(more.name !== undefined && { name: more.name }),
    ...(input !== undefined && { digestInput: input }),
  };
}

/** A nonce in hex or base64; hex is tried first. Throws a UsageError. */
export function readNonce(text: string): Uint8Array {
  const hex = bytesOfHex(text);
  if (typeof hex !== "number") return hex;
  const bytes = text.length % 4 === 0 ? readBase64(text) : null;
  if (bytes === null) throw new UsageError("a nonce has to be hex or base64");
  return bytes;
}
