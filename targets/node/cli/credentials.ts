/** The options for the secret and the other inputs of a digest. */
import { readFileSync } from "node:fs";
import { DIGEST_INPUTS, type DigestInput } from "../../../src/index.ts";
import { type Credentials, readNonce } from "../../codec/index.ts";
import { readSecret } from "../secret.ts";
import { textOf } from "../texts.ts";
import type { Options, Values } from "./command.ts";
import { UsageError } from "./command.ts";
import { warn } from "./output.ts";

export const CREDENTIALS = {
  secret: {
    kind: "text",
    value: "SECRET",
    about:
      "AAuthSecret of the account; - reads it from standard input. Other users see arguments, but not PKG0_SECRET or --secret-file",
  },
  "secret-file": { kind: "text", value: "FILE", about: "a file with the secret" },
  nonce: {
    kind: "text",
    value: "NONCE",
    about:
      "AAuthData of the account (DM 1.2), hex or base64; a text that can be both is hex, base64:TEXT is not; none when absent",
  },
  name: {
    kind: "text",
    value: "NAME",
    about: "AAuthName, if the digest uses it instead of the Server-ID (DM 1.2)",
  },
  "digest-input": {
    kind: "choice",
    words: DIGEST_INPUTS,
    about: "the input of the 1.3 digest (§6.6); by default colons to sign, and any of them to check",
  },
} as const satisfies Options;

/** `isInputTaken`: standard input is where the messages are. Throws a UsageError. */
export function credentialsOf(values: Values<typeof CREDENTIALS>, isInputTaken: boolean): Credentials | undefined {
  if (values.secret === "-" && isInputTaken) {
    throw new UsageError(
      "--secret - takes standard input, which has the messages: give them as arguments, or use --secret-file",
    );
  }
  const secret = secretOf("secret", values.secret, values["secret-file"]);
  if (secret !== undefined) return credentialsFrom(secret, values);
  const idle = (["nonce", "name", "digest-input"] as const).find(name => values[name] !== undefined);
  if (idle !== undefined)
    throw new UsageError(`--${idle} does nothing without a secret: --secret, --secret-file or PKG0_SECRET`);
  return undefined;
}

/** The secret from --<name>, --<name>-file or the environment. Throws a UsageError. */
export function secretOf(name: string, value: string | undefined, file: string | undefined): string | undefined {
  try {
    return readSecret({
      ...{ name, value, file, environment: process.env },
      readInput: () => textOf(readFileSync(0)),
      warn: process.stderr.isTTY === true ? warn : undefined,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function credentialsFrom(secret: string, values: Values<typeof CREDENTIALS>): Credentials {
  const { nonce, name, "digest-input": digestInput } = values;
  const data = nonce === undefined ? undefined : readNonce(nonce);
  if (data === null) throw new UsageError("--nonce must be hex or base64");
  return {
    secret,
    ...(data !== undefined && { nonce: data }),
    ...(name !== undefined && { name }),
    ...(digestInput !== undefined && { digestInput: digestInput as DigestInput }),
  };
}
