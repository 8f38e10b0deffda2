/** Help, version, completion, suggestions, and refusals of options without an effect. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { placeholderOf } from "../../targets/node/cli/command.ts";
import { COMMANDS } from "../../targets/node/cli/commands.ts";
import { runCli } from "../cli.ts";

describe("help", () => {
  test("names every command, and of each every option with its values, and examples", () => {
    const overview = runCli(["--help"]).lines.join("\n");
    for (const [name, command] of Object.entries(COMMANDS)) {
      expect(overview).toContain(`pkg0 ${name}`);
      const { code, lines } = runCli([name, "--help"]);
      const text = lines.join("\n");
      expect(code).toBe(0);
      expect(text).toContain("Examples:");
      for (const [option, one] of Object.entries(command.options)) {
        expect(text).toContain(`--${option} ${placeholderOf(one)}`.trimEnd());
      }
      for (const line of lines.filter(line => !line.includes("'{") && !line.startsWith("  pkg0"))) {
        expect(line.length, line).toBeLessThanOrEqual(112);
      }
    }
    expect(runCli(["help", "send"]).lines).toEqual(runCli(["send", "-h"]).lines);
  });

  test("--version is that of the package", () => {
    expect(runCli(["--version"]).lines).toEqual([JSON.parse(readFileSync("package.json", "utf8")).version]);
  });
});

describe("usage", () => {
  const wrong: [args: string[], said: string][] = [
    [["decod"], "did you mean decode?"],
    [["explain", "--secrets", "x"], "no option --secrets, did you mean --secret?"],
    [
      ["explain", "--as", "tdpu", "00"],
      'must be one of auto, tpdu, user-data, push, 1.3, 1.2, not "tdpu", did you mean tpdu?',
    ],
    [["encode", "--secret", "s", "--form", "at", "{}"], "--form does nothing without --sms"],
    [["encode", "--secret", "s", "--sms", "--number", "1", "{}"], "--number does nothing without --form at"],
    [["encode", "--secret", "s", "--tid", "3", "{}"], "--tid does nothing without --push or --sms"],
    [["encode", "--secret", "s", "--push", "--tid", "256", "{}"], '--tid must be a whole number, 0 to 255, not "256"'],
    [["decode", "--nonce", "00", "00"], "--nonce does nothing without a secret"],
    [["decode", "--secret", "s", "--secret", "t", "00"], "--secret is given twice"],
    [["decode", "--secret"], "--secret needs a value"],
    [["encode", "--push=yes", "{}"], "--push takes no value"],
    [["decode", "--secret", "s", "--nonce", "0g0", "00"], "hex or base64"],
    [["status", "DIGEST_WRNG"], "did you mean DIGEST_WRONG?"],
    [
      ["listen", "--register", "sip:a@b:5060", "--accounts", "x", "--state", "y"],
      "--register does nothing without --sip",
    ],
  ];
  test.each(wrong)("%j: %s", (args, said) => {
    const { code, lines, errors } = runCli(args);
    expect([code, lines]).toEqual([2, []]);
    expect(errors).toContain(said);
  });
});

describe("status", () => {
  test("tells what a device's log means", () => {
    expect(runCli(["status", "82"]).lines).toEqual([
      "0x82  DIGEST_WRONG: the digest does not match (§6.6)",
      "0x52  OBEX_HEADER: a header runs over the end of its packet (IrOBEX §2.1) (where 82 is decimal)",
    ]);
    expect(runCli(["status", "0x52", "digest-wrong"]).lines.map(line => line.slice(6, 18))).toEqual([
      "OBEX_HEADER:",
      "DIGEST_WRONG",
    ]);
    expect(runCli(["status", "verdict 82@12 via 1"]).lines).toEqual([
      "0x82  DIGEST_WRONG: the digest does not match (§6.6), at byte 12, via udp",
    ]);
    expect(runCli(["status"]).lines.length).toBeGreaterThan(100);
  });
});

/** Prints what zsh makes of a line when Tab is pressed behind it. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -fi
zpty -w z 'PS1="> "; autoload -U compinit; compinit -u -D; eval "$(node dist/cli.js completion --shell zsh)"; print READY'
while zpty -r z line && [[ $line != *READY* || $line == *print* ]]; do :; done
for typed in "$@"; do
  zpty -n -w z "$typed"$'\\t'
  sleep 0.7
  zpty -n -w z $'\\x15'
done
zpty -w z exit
while zpty -r z line; do print -r -- "$line"; done`;

describe.runIf(isOnPath("zsh"))(`completion in zsh${isOnPath("zsh") ? "" : " (skipped: no zsh)"}`, () => {
  test("completes commands, options and their values", () => {
    const typed = ["pkg0 enc", "pkg0 encode --secret-", "pkg0 encode --sms --form k", "pkg0 listen --clock s"];
    const { stdout } = spawnSync("zsh", ["-fc", ZSH, "zsh", ...typed], { encoding: "utf8", timeout: 60_000 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told
    const shown = stdout.replace(/\u001b\[[\d;?]*[A-Za-z]/g, "");
    for (const completed of ["pkg0 encode", "--secret-file", "--form kannel", "--clock system"]) {
      expect(shown).toContain(completed);
    }
  }, 60_000);
});

describe("completion", () => {
  const complete = (words: string[]) => {
    const script = runCli(["completion"]).lines.join("\n");
    const list = words.map(word => JSON.stringify(word)).join(" ");
    const run = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _pkg0; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync("bash", ["-c", run], { encoding: "utf8" }).stdout.trim().split("\n");
  };
  const hasBash = spawnSync("bash", ["-c", "complete"]).status === 0;

  test.runIf(hasBash)("in bash: commands, options, values", () => {
    expect(complete(["pkg0", "de"])).toEqual(["decode"]);
    expect(complete(["pkg0", "encode", "--fo"])).toEqual(["--form"]);
    expect(complete(["pkg0", "encode", "--form", "k"])).toEqual(["kannel"]);
    expect(complete(["pkg0", "explain", "--secret", ""])).toEqual([""]);
  });

  test("in zsh by way of bash's", () => {
    expect(runCli(["completion", "--shell", "zsh"]).lines[0]).toContain("bashcompinit");
  });
});

describe("output", () => {
  test("whose reader has gone ends without a word", () => {
    const { stderr, stdout } = spawnSync(
      "bash",
      [
        "-c",
        `for i in $(seq 20000); do echo 00; done | "$0" dist/cli.js decode | head -1; echo "\${PIPESTATUS[1]}"`,
        process.execPath,
      ],
      { encoding: "utf8" },
    );
    expect([stderr, stdout.split("\n")[1]]).toEqual(["", "0"]);
  });

  test("has colours where they are asked for, and none where NO_COLOR is set", () => {
    const run = (env: object) =>
      spawnSync(process.execPath, ["dist/cli.js", "explain", "00"], {
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "", ...env },
      }).stdout;
    expect(run({ FORCE_COLOR: "1" })).toContain("\u001b[");
    expect(run({})).not.toContain("\u001b[");
    expect(run({ FORCE_COLOR: "1", NO_COLOR: "1" })).not.toContain("\u001b[");
  });
});
