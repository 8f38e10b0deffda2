#!/usr/bin/env node
/** The command line. Exit 0 all OK, 1 some message was not, 2 wrong usage. */
import { version } from "../../package.json";
import { suggestion } from "../codec/index.ts";
import { UsageError } from "./cli/command.ts";
import { COMMANDS } from "./cli/commands.ts";
import { helpOf, overview } from "./cli/help.ts";
import { endWithReader, fail, print } from "./cli/output.ts";
import { StateError } from "./state.ts";

/** Runs a command; resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || ["--help", "-h", "help"].includes(name)) {
    const [asked] = rest;
    if (asked === undefined) print(overview(COMMANDS));
    else if (Object.hasOwn(COMMANDS, asked)) print(helpOf(asked, COMMANDS[asked]!));
    else fail(`${asked}: no such command${suggestion(asked, Object.keys(COMMANDS))}`);
    return name === undefined || (asked !== undefined && !Object.hasOwn(COMMANDS, asked)) ? 2 : 0;
  }
  if (name === "--version" || name === "-V") {
    print(version);
    return 0;
  }
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) throw new UsageError(`no such command${suggestion(name, Object.keys(COMMANDS))}`);
    if (!rest.includes("--help") && !rest.includes("-h")) return await command.run(rest);
    print(helpOf(name, command));
    return 0;
  } catch (error) {
    fail(`${name}: ${(error as Error).message}`);
    if (error instanceof StateError) return 2;
    if (!(error instanceof UsageError)) return 1;
    const help = Object.hasOwn(COMMANDS, name) ? `pkg0 ${name} --help` : "pkg0 --help";
    process.stderr.write(`${help} shows how it is used\n`);
    return 2;
  }
}

endWithReader();
process.exitCode = await main(process.argv.slice(2));
