/** `pkg0 campaign`. */
import { command, UsageError } from "./command.ts";

export const campaign = command({
  about: "many notifications to a gateway, at a rate, in a run that can be stopped and gone on with",
  takes: "FILE | report DIR | retry DIR",
  options: {
    to: { kind: "text", value: "URI", about: "where to; URIs as of pkg0 send" },
    state: { kind: "text", value: "DIR", about: "the journal: what was sent, and what is left" },
    accounts: { kind: "text", value: "FILE", about: "JSON array of DMAccs, with the secrets of the servers" },
    template: { kind: "text", value: "JSON", about: "fields that every line has where it does not say otherwise" },
    rate: { kind: "text", value: "N", about: "messages a second at most" },
    window: { kind: "text", value: "N", about: "messages that wait for their answers at once, at most" },
    until: { kind: "text", value: "TIME", about: "when to stop sending" },
    wait: { kind: "text", value: "SECONDS", about: "how long to wait for receipts after the last message" },
    "dry-run": { kind: "flag", about: "sign all, and send nothing" },
    failed: { kind: "flag", about: "report: list what failed" },
    code: { kind: "text", value: "CODE", about: "retry: only what failed with this code" },
  },
  notes: ["FILE has one JSON object a line: fields of pkg0 encode, and whom they are for."],
  examples: [
    "pkg0 campaign devices.jsonl --to smpp://user@smsc.example:2775 --state run1 --accounts accounts.json --rate 50",
    "pkg0 campaign report run1 --failed",
  ],
  async run(values, positionals) {
    const { readCampaign } = await import("../campaign/command.ts");
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
    let start: () => Promise<number>;
    try {
      start = readCampaign(given, [...positionals]);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    return start();
  },
});
