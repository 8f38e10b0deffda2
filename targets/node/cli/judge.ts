/** The options with which decode and explain judge like a device. */

import { createJudge, type Judge, serverIdWarning } from "../../codec/index.ts";
import type { DeviceOptions } from "../../device.ts";
import { readAccountsFile } from "../accounts.ts";
import type { Options, Values } from "./command.ts";
import { warn } from "./output.ts";
import { RULES, rulesOf } from "./rules.ts";

export const JUDGE_OPTIONS = {
  accounts: {
    kind: "text",
    value: "FILE",
    about: "judge like a device with these DMAccs, and suggest how a wrong digest would be right",
  },
  clock: {
    kind: "choice",
    words: ["none", "system"],
    default: "none",
    about: "system refuses what is older than its TIMEOUT",
    needs: ["accounts"],
  },
  ...RULES,
} as const satisfies Options;

/** The judge with the device's accounts; undefined without --accounts. */
export function judgeOf(values: Values<typeof JUDGE_OPTIONS>): Judge | undefined {
  if (values.accounts === undefined) return undefined;
  const now = values.clock === "system" ? Math.floor(Date.now() / 1000) : 0;
  const bounds: Omit<DeviceOptions, "accounts"> = rulesOf(values);
  const dmAccs = readAccountsFile(values.accounts);
  for (const { serverId } of dmAccs) {
    const warning = serverIdWarning(serverId);
    if (warning !== undefined) warn(`${values.accounts}: ${warning}, in ${serverId}`);
  }
  return createJudge(dmAccs, { now, bounds });
}
