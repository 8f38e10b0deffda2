/** The dissector for Wireshark: its fields, as tshark sees them, are those of decode. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { decode } from "../../targets/codec/index.ts";
import { runCli } from "../cli.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const folder = mkdtempSync(join(tmpdir(), "pkg0-wireshark-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the script names every option", () => {
  const script = runCli(["wireshark"]).lines.join("\n");
  for (const name of [
    "Server-ID",
    "Targeted-MO",
    "Requested-MO",
    "Preferred-Bearer",
    "Connect-Reason",
    "Vendor-Info",
  ]) {
    expect(script).toContain(`"${name}"`);
  }
});

/** A pcap of UDP datagrams to port 2948, as text2pcap would make it: raw IPv4. */
function pcapOf(pushes: Uint8Array[]): Buffer {
  const header = Buffer.from("d4c3b2a1020004000000000000000000ffff000065000000", "hex");
  return Buffer.concat([
    header,
    ...pushes.flatMap(push => {
      const head = Buffer.from(
        "45000000000000004011000000000000c0000201c000020723f00b8400000000".replace("00000000c0", "c0"),
        "hex",
      );
      head.writeUInt16BE(28 + push.length, 2);
      head.writeUInt16BE(8 + push.length, 24);
      const record = Buffer.alloc(16);
      record.writeUInt32LE(28 + push.length, 8);
      record.writeUInt32LE(28 + push.length, 12);
      return [record, head, push];
    }),
  ]);
}

const hasTshark = isOnPath("tshark");
describe.skipIf(!hasTshark)(`tshark${hasTshark ? "" : " (skipped: tshark is not on PATH)"}`, () => {
  const pushes = captures.captures
    .filter(({ layer }) => layer === "push")
    .map(({ hex }) => Uint8Array.from(Buffer.from(hex[0]!, "hex")))
    .filter(bytes => decode(bytes, "push").status === "OK");

  test("reads the captured pushes as decode does", () => {
    const lua = join(folder, "pkg0.lua");
    const pcap = join(folder, "pushes.pcap");
    writeFileSync(lua, `${runCli(["wireshark"]).lines.join("\n")}\n`);
    writeFileSync(pcap, pcapOf(pushes));
    const names = [
      "pkg0.server_id",
      "pkg0.sessionid",
      "pkg0.requested_mo",
      "pkg0.timeout",
      "pkg0.digest",
      "pkg0.connect_reason",
    ];
    const fields = names.flatMap(name => ["-e", name]);
    const args = ["-X", `lua_script:${lua}`, "-r", pcap, "-T", "fields", "-E", "separator=|", ...fields];
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    const lines = execFileSync("tshark", args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] })
      .trimEnd()
      .split("\n");
    expect(lines.length).toBe(pushes.length);
    lines.forEach((line, i) => {
      const [serverId, sessionId, requestedMo, timeout, digest, reason] = line.split("|");
      const decoded = decode(pushes[i]!, "push");
      expect(serverId).toBe(decoded.serverId);
      expect(Number(sessionId)).toBe(Number.parseInt(decoded.sessionId!, 16));
      expect(requestedMo).toBe((decoded.requestedMo ?? []).join(","));
      expect(timeout).toBe(decoded.timeout === undefined ? "" : String(decoded.timeout));
      expect(digest!.replace(/:/g, "")).toBe(decoded.digest);
      expect(reason).toBe(decoded.connectReason ?? "");
    });
  });

  test("names what is malformed", () => {
    const lua = join(folder, "pkg0.lua");
    const pcap = join(folder, "bad.pcap");
    writeFileSync(lua, `${runCli(["wireshark"]).lines.join("\n")}\n`);
    writeFileSync(pcap, pcapOf(pushes.map(push => push.subarray(0, push.length - 3))));
    const args = ["-X", `lua_script:${lua}`, "-r", pcap, "-Y", "pkg0.malformed"];
    const text = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    expect(text.trim().split("\n").length).toBeGreaterThan(0);
  });
});
