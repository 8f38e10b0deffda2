/** The text of --help for all commands and for each. */
import { type Command, type Option, placeholderOf } from "./command.ts";

const WIDTH = 110;

/** `pkg0 --help`. */
export function overview(commands: { readonly [name: string]: Command }): string {
  const names = Object.keys(commands);
  const width = Math.max(...names.map(name => name.length));
  return [
    "pkg0: OMA DM notifications (Package #0), for the servers that send them and for devices on a desk",
    "",
    ...names.map(name => `  pkg0 ${name.padEnd(width)}  ${commands[name]!.about}`),
    "",
    "pkg0 COMMAND --help has the options of a command, with every value, and examples. pkg0 --version is the version.",
    "Exit: 0 all OK, 1 some message was not, 2 wrong usage.",
  ].join("\n");
}

/** `pkg0 NAME --help`. */
export function helpOf(name: string, command: Command): string {
  const rows = Object.entries(command.options).map(([option, one]) => [optionText(option, one), aboutText(one)]);
  const width = Math.min(30, Math.max(0, ...rows.map(([left]) => left!.length)));
  return [
    `pkg0 ${name}${rows.length > 0 ? " [OPTIONS]" : ""}${command.takes === "" ? "" : ` ${command.takes}`}`,
    "",
    ...wrap(command.about, 0),
    ...(rows.length > 0 ? ["", "Options:"] : []),
    ...rows.flatMap(([left, right]) => row(left!, right!, width)),
    ...command.notes.flatMap(note => ["", ...note.split("\n").flatMap(line => wrap(line, 0))]),
    "",
    "Examples:",
    ...command.examples.map(example => `  ${example}`),
  ].join("\n");
}

function optionText(name: string, option: Option): string {
  return `--${name} ${placeholderOf(option)}`.trimEnd();
}

/** The purpose of an option, with its bounds, unit, default, and the options that it needs. */
function aboutText(option: Option): string {
  const more: string[] = [];
  if (option.kind === "number") more.push(`${option.min} to ${option.max}${option.unit ? ` ${option.unit}` : ""}`);
  if (option.kind === "texts") more.push("may be given several times");
  if ("default" in option && option.default !== undefined) more.push(`default ${option.default}`);
  if (option.needs !== undefined) {
    more.push(`with ${option.needs.map(need => `--${need.replace("=", " ")}`).join(" or ")}`);
  }
  return more.length === 0 ? option.about : `${option.about} (${more.join("; ")})`;
}

function row(left: string, right: string, width: number): string[] {
  const lines = wrap(right, width + 4);
  if (left.length > width) return [`  ${left}`, ...lines];
  return [`  ${left.padEnd(width)}  ${lines[0]!.trimStart()}`, ...lines.slice(1)];
}

/** Breaks `text` into lines of at most WIDTH characters, each indented by `indent` blanks. */
function wrap(text: string, indent: number): string[] {
  const blanks = " ".repeat(indent + (/^ +/.exec(text)?.[0].length ?? 0));
  const lines: string[] = [];
  let line = blanks;
  for (const word of text.trim().split(" ")) {
    if (line.length + word.length > WIDTH && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = blanks;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
