/** `pkg0 campaign`. */
import { command, UsageError } from "./command.ts";

export const campaign = command({
  about: "many notifications to a gateway, at a given rate, in a run that can be stopped and continued",
  takes: "FILE | report [DIR] | retry [DIR]",
  options: {
    to: {
      kind: "text",
      value: "URI",
      about: "the peer: smpp:, kannel+http:, or a URI of pkg0 send that contains {address}",
    },
    state: {
      kind: "text",
      value: "DIR",
      about: "the journal: what was sent, what is left, and the session ids (needs SQLite: see below)",
    },
    queue: { kind: "text", value: "URL", about: "postgres://..: the journal of many workers (needs pg and pg-boss)" },
    name: { kind: "text", value: "NAME", about: "the campaign's name in --queue", needs: ["queue"] },
    lease: {
      kind: "number",
      min: 1,
      max: 86_400,
      unit: "s",
      default: 120,
      about: "when others take over what a worker of --queue had",
      needs: ["queue"],
    },
    accounts: {
      kind: "text",
      value: "FILE",
      about: "JSON array of DMAccs; those with the same ServerID differ by Name",
    },
    template: {
      kind: "text",
      value: "JSON",
      about: "or a file of it: fields for the lines that do not have them",
    },
    rate: {
      kind: "number",
      min: 0.01,
      max: 100_000,
      hasDecimals: true,
      unit: "a second",
      about: "short messages at most, of all workers together; as fast as it goes when absent",
    },
    window: {
      kind: "number",
      min: 1,
      max: 1000,
      about: "how many messages may wait for their answers at the same time",
    },
    until: { kind: "text", value: "TIME", about: "when to stop sending: HH:MM, or 2030-12-24T06:00:00Z" },
    wait: {
      kind: "number",
      min: 0,
      max: 1_000_000,
      unit: "s",
      about: "how long to wait for receipts after the last message; 30 where the URI says receipts=yes",
    },
    "dry-run": {
      kind: "flag",
      about: "judge every line as a run would, with --to also its address and size; send and store nothing",
    },
    failed: { kind: "flag", about: "report: list the failed messages" },
    code: {
      kind: "text",
      value: "CODE",
      about: "retry: only messages that failed with this code, such as ESME_RINVDSTADR",
    },
  },
  notes: [
    'FILE has a device a line, as NDJSON or (FILE.csv) CSV: "address", the fields of pkg0 encode without sessionId and timestamp, and "account" (a Name in --accounts), "serverId" of an account, or "serverId" with "secret" or "appAuth".',
    "Killed at any moment and started again, only what had no answer goes out again, unchanged and marked as possibly repeated.",
    "SQLite is in Node from 22.13 on; better-sqlite3 is used where it is installed, else node-sqlite3-wasm.",
    "Without FILE, --queue starts a worker that sends what others prepare.",
  ],
  examples: [
    "pkg0 campaign devices.ndjson --to 'smpp://user@smsc.example:2775?source=12345' --state run1 --accounts accounts.json --rate 50",
    "pkg0 campaign devices.csv --to 'smpp://user@smsc.example' --queue postgres://db.example/fleet --name run1",
    "pkg0 campaign report run1 --failed",
  ],
  async run(values, positionals) {
    const { readCampaign } = await import("../campaign/command.ts");
    let start: () => Promise<number>;
    try {
      start = readCampaign(values, positionals);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    return start();
  },
});
