/** Secrets for the command line, from a file, the environment or standard input, so that no list of processes shows them. */
import { readTextFile } from "./texts.ts";

/** The longest secret in bytes; more than any account may have. */
const SECRET_BYTES_MAX = 65_536;

export interface SecretSource {
  /** The option, such as "secret": --secret S, --secret -, --secret-file F, PKG0_SECRET. */
  name: string;
  /** The text that follows the option; `file` is the one that follows `<name>-file`. */
  value: string | undefined;
  file: string | undefined;
  environment: { readonly [name: string]: string | undefined };
  /** Reads standard input to its end; called only for `-`. */
  readInput: () => string;
  /** Called with advice, such as not to give a secret as an argument. */
  warn: ((message: string) => void) | undefined;
}

/**
 * The secret; undefined when none is given. The option takes precedence over the file, and the file over the environment.
 * One line end at the end is not part of the secret. Throws an Error that does not contain the secret.
 */
export function readSecret(source: SecretSource): string | undefined {
  const { name, value, file, environment, readInput, warn } = source;
  if (value !== undefined && file !== undefined) throw new Error(`either --${name} or --${name}-file`);
  if (value === "-") return checked(name, withoutLineEnd(readInput()));
  if (value !== undefined) {
    const variable = variableOf(name);
    warn?.(`--${name} shows in the list of processes: use --${name}-file, ${variable}, or --${name} -`);
    return checked(name, value);
  }
  if (file !== undefined) return checked(name, withoutLineEnd(readFile(name, file)));
  const variable = environment[variableOf(name)];
  return variable === undefined ? undefined : checked(name, variable, variableOf(name));
}

/** PKG0_SECRET for "secret". */
function variableOf(name: string): string {
  return `PKG0_${name.toUpperCase().replaceAll("-", "_")}`;
}

function readFile(name: string, file: string): string {
  try {
    return readTextFile(file, 2 * SECRET_BYTES_MAX); // UTF-16 may take twice the bytes
  } catch (error) {
    throw new Error(`--${name}-file ${(error as Error).message}`);
  }
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}

function checked(name: string, secret: string, source = `--${name}`): string {
  if (secret === "") throw new Error(`${source}: there is no secret in it`);
  if (Buffer.byteLength(secret) > SECRET_BYTES_MAX) throw new Error(`${source}: more than ${SECRET_BYTES_MAX} bytes`);
  return secret;
}
