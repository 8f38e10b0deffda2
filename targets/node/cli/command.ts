/** A command of the command line. Its table of options drives the parser, the help and the completion. */
import { parseArgs } from "node:util";
import { suggestion } from "../../codec/suggest.ts";

/** A mistake of the user; the exit code is 2. */
export class UsageError extends Error {}

interface OptionBase {
  /** One line for --help. */
  readonly about: string;
  /** The word that stands for the value in --help, such as FILE. */
  readonly value?: string;
  /** The option is refused unless one of these is given too. "form=at" asks for that value. */
  readonly needs?: readonly string[];
}

/** One row of a table of options; the key of the row is the option's name. */
export type Option = OptionBase &
  (
    | { readonly kind: "flag" }
    | { readonly kind: "text"; readonly default?: string }
    /** May be given several times. */
    | { readonly kind: "texts" }
    | { readonly kind: "choice"; readonly words: readonly string[]; readonly default?: string }
    /** A whole number (or one with decimals, where it says so), with its bounds and what it counts. */
    | {
        readonly kind: "number";
        readonly min: number;
        readonly max: number;
        readonly hasDecimals?: true;
        readonly unit?: string;
        readonly default?: number;
      }
  );

export type Options = { readonly [name: string]: Option };

type Present<O, T> = O extends { readonly default: string | number } ? T : T | undefined;

/** The values of options. An absent one is undefined unless it is a flag, a list, or has a default. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { readonly kind: "flag" }
    ? boolean
    : O[K] extends { readonly kind: "texts" }
      ? readonly string[]
      : O[K] extends { readonly kind: "number" }
        ? Present<O[K], number>
        : O[K] extends { readonly kind: "choice"; readonly words: readonly (infer W)[] }
          ? Present<O[K], W>
          : Present<O[K], string>;
};

export interface Command {
  /** The purpose of the command, in one line. */
  readonly about: string;
  /** The arguments that it takes beside options, such as "[HEX...]"; "" for none. */
  readonly takes: string;
  readonly options: Options;
  /** Further paragraphs of its help. */
  readonly notes: readonly string[];
  readonly examples: readonly string[];
  /** Resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** Makes a command from its parts; `run` gets the options checked and typed. */
export function command<const O extends Options>(parts: {
  about: string;
  takes?: string;
  options: O;
  notes?: readonly string[];
  examples: readonly string[];
  run(values: Values<O>, positionals: readonly string[]): Promise<number>;
}): Command {
  const { about, takes = "", options, notes = [], examples } = parts;
  return {
    ...{ about, takes, options, notes, examples },
    run(args) {
      const { values, positionals } = readArguments(args, options);
      if (takes === "" && positionals.length > 0) throw new UsageError(`takes no ${positionals[0]}`);
      return parts.run(values as Values<O>, positionals);
    },
  };
}

type Value = string | number | boolean | string[] | undefined;

/** Checks a value. Throws a UsageError that names the option, the values that it takes, and the value that came. */
export function readArguments(
  args: readonly string[],
  options: Options,
): { values: { [name: string]: Value }; positionals: string[] } {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { kind }]) => [name, { type: kind === "flag" ? "boolean" : "string" }]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: { [name: string]: Value } = {};
  for (const [name, option] of Object.entries(options)) values[name] = defaultOf(option);
  const given = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    if (!Object.hasOwn(options, name)) throw new UsageError(`no option ${rawName}${meant(name, options)}`);
    const option = options[name]!;
    if (given.has(name) && option.kind !== "texts") throw new UsageError(`--${name} is given twice`);
    given.add(name);
    const read = readValue(name, option, value);
    values[name] = option.kind === "texts" ? [...(values[name] as string[]), read as string] : read;
  }
  for (const name of given) checkNeeds(name, options[name]!, given, values);
  return { values, positionals };
}

function meant(name: string, options: Options): string {
  return suggestion(name, Object.keys(options)).replace("mean ", "mean --");
}

function defaultOf(option: Option): Value {
  if (option.kind === "flag") return false;
  return option.kind === "texts" ? [] : option.default;
}

/** Values that cannot be empty: a variable of a shell that was not set would be. */
const PLACES = ["FILE", "DIR", "URI", "URL", "HOST:PORT", "DEVICE"];

function readValue(name: string, option: Option, value: string | undefined): string | number | boolean {
  if (option.kind === "flag") {
    if (value !== undefined) throw new UsageError(`--${name} takes no value, not "${value}"`);
    return true;
  }
  if (value === undefined) throw new UsageError(`--${name} needs a value: ${placeholderOf(option)}`);
  if (value === "" && PLACES.includes(placeholderOf(option)))
    throw new UsageError(`--${name} is empty: it needs a ${placeholderOf(option)}`);
  if (option.kind === "choice") {
    if (option.words.includes(value)) return value;
    const words = option.words.join(", ");
    throw new UsageError(`--${name} must be one of ${words}, not "${value}"${suggestion(value, option.words)}`);
  }
  if (option.kind !== "number") return value;
  const number = Number(value);
  const form = option.hasDecimals ? /^\d+(\.\d+)?$/ : /^\d+$/;
  if (form.test(value) && number >= option.min && number <= option.max) return number;
  const kind = option.hasDecimals ? "a number" : "a whole number";
  throw new UsageError(`--${name} must be ${kind}, ${option.min} to ${option.max}, not "${value}"`);
}

function checkNeeds(name: string, option: Option, given: Set<string>, values: { [name: string]: Value }): void {
  const { needs = [] } = option;
  const isMet = needs.some(need => {
    const [other, word] = need.split("=") as [string, string?];
    return word === undefined ? given.has(other) : values[other] === word;
  });
  if (needs.length === 0 || isMet) return;
  throw new UsageError(
    `--${name} does nothing without ${needs.map(need => `--${need.replace("=", " ")}`).join(" or ")}`,
  );
}

/** The word for an option's value in help: "N", "FILE", "a|b". */
export function placeholderOf(option: Option): string {
  if (option.kind === "flag") return "";
  if (option.kind === "choice") return option.words.join("|");
  return option.value ?? (option.kind === "number" ? "N" : "TEXT");
}
