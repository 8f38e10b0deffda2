/** One notification of a batch as JSON: its fields, and the keys that belong to the line only. */
import { existsSync } from "node:fs";
import { DIGEST_INPUTS, type DigestInput } from "../../../src/index.ts";
import {
  type Credentials,
  type Encoded,
  FieldError,
  type NotificationJson,
  pushOf,
  readNonce,
} from "../../codec/index.ts";
import { smsParts } from "../../codec/sms-forms.ts";
import { readJson } from "../texts.ts";
import type { InputPlace } from "./lines.ts";
import { complain, warn } from "./output.ts";

/** Keys of a line that are not fields of the notification. */
const OWN = ["id", "secret", "nonce", "name", "digestInput", "number"] as const;

export interface Entry {
  /** A name that the caller gives the line; the answers to it carry the name. */
  id?: string | number;
  /** The number that the short message goes to. */
  number?: string;
  credentials: Credentials | undefined;
  fields: NotificationJson;
}

/** FIELDS-JSON with `id`, `secret`, `nonce`, `name`, `digestInput` and `number` taken out. Throws a FieldError. */
export function readEntry(text: string, credentials: Credentials | undefined): Entry {
  const json = parse(text);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { credentials, fields: json as NotificationJson };
  }
  const { id, secret, nonce, name, digestInput, number, ...fields } = json as { [name: string]: unknown };
  const own = { id, secret, nonce, name, digestInput, number };
  for (const key of OWN) {
    const value = own[key];
    if (value === undefined || typeof value === "string" || (key === "id" && typeof value === "number")) continue;
    const isSecret = key === "secret" || key === "nonce";
    throw new FieldError(
      "FIELD_TYPE",
      key,
      `must be a text, not ${isSecret ? `a ${typeof value}` : JSON.stringify(value)}`,
    );
  }
  return {
    ...(id !== undefined && { id: id as string | number }),
    ...(number !== undefined && { number: number as string }),
    credentials: ownCredentials(own, credentials),
    fields: fields as unknown as NotificationJson,
  };
}

/** The credentials of a line: its own secret, or else the common ones, with what it says otherwise. */
function ownCredentials(
  { secret, nonce, name, digestInput }: { [name: string]: unknown },
  common: Credentials | undefined,
): Credentials | undefined {
  if (secret === "") throw new FieldError("FIELD_TYPE", "secret", "is empty: anybody could sign with it");
  const base = secret === undefined ? common : { secret: secret as string };
  const data = nonce === undefined ? undefined : readNonce(nonce as string);
  if (data === null) throw new FieldError("FIELD_TYPE", "nonce", "must be hex or base64");
  if (digestInput !== undefined && !DIGEST_INPUTS.includes(digestInput as DigestInput)) {
    throw new FieldError("FIELD_TYPE", "digestInput", `must be one of ${DIGEST_INPUTS.join(", ")}`);
  }
  return (
    base && {
      ...base,
      ...(data !== undefined && { nonce: data }),
      ...(name !== undefined && { name: name as string }),
      ...(digestInput !== undefined && { digestInput: digestInput as DigestInput }),
    }
  );
}

/** The credentials that sign the line. Throws a FieldError when neither the line nor an option has a secret. */
export function signerOf({ credentials }: Entry): Credentials {
  if (credentials === undefined)
    throw new FieldError("FIELD_TYPE", "secret", "is missing: the line needs one, or --secret");
  return credentials;
}

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    const isFile = text.length < 256 && existsSync(text);
    const hint = isFile ? ` (< ${text} reads the file)` : "; each object stands in one line, as jq -c prints it";
    throw new FieldError("NOT_JSON", undefined, (error as Error).message + hint);
  }
}

/** Prints on standard error why a line was refused; throws errors that are not about its fields. */
export function refuse(error: unknown, place: InputPlace, id: string | number | undefined): false {
  if (!(error instanceof FieldError)) throw error;
  const { status, field, message } = error;
  complain({ place, ...(id !== undefined && { id }), status, ...(field !== undefined && { field }), meaning: message });
  return false;
}

/** The id of a line; undefined when the line has none or is not JSON. */
export function idOf(text: string): string | number | undefined {
  try {
    const { id } = JSON.parse(text);
    return typeof id === "string" || typeof id === "number" ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Warns of a message that a board refuses by default (targets/device.ts): more than 1024 bytes, or more than 5 parts. */
export function warnOfBounds({ bytes, contentType }: Encoded, isSms: boolean, place: InputPlace): void {
  if (bytes.length > 1024) {
    warn(`${place}: ${bytes.length} bytes; boards take 1024 by default (NOTIFICATION_LONG)`);
  }
  const parts = isSms ? smsParts(pushOf(bytes, contentType, 0)).length : 0;
  if (parts > 5) warn(`${place}: ${parts} short messages; boards take 5 by default (SMS_MESSAGE_LONG)`);
}
