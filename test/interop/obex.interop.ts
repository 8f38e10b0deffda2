import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { MIME_13 } from "../../src/push/dm.ts";
import { CONTENT_TYPE_13, CONTENT_TYPE_OTHER } from "../../src/wire.ts";
import { type Listener, openObex } from "../../targets/node/net.ts";
import { sendObex } from "../../targets/node/senders.ts";
import { BODIES, freePorts, Inbox, needing, run, start, workDirectory } from "./programs.ts";

let listener: Listener | undefined;
let inbox = new Inbox();

afterEach(async () => {
  await listener?.close();
  inbox = new Inbox();
});

async function open(): Promise<string> {
  listener = await openObex({ host: "127.0.0.1", port: 0 }, inbox.deliver);
  return String(listener.port);
}

needing(["gcc", "pkg-config openobex"], "gcc pkg-config libopenobex2-dev", "libopenobex", () => {
  const peer = join(workDirectory(), "obex-peer");

  beforeAll(async () => {
    const source = new URL("obex-peer.c", import.meta.url).pathname;
    expect((await run("gcc", ["-o", peer, source, "-lopenobex"])).output).toBe("");
  });

  test.each([
    ["one packet, or few", "4096", [MIME_13], CONTENT_TYPE_13],
    ["many packets", "255", [MIME_13], CONTENT_TYPE_13],
    ["no Type", "1024", [""], CONTENT_TYPE_OTHER],
    ["Target SYNCML-DM", "255", [MIME_13, "SYNCML-DM"], CONTENT_TYPE_13],
  ])("puts: %s", async (_, mtu, args, contentType) => {
    const port = await open();
    for (const { body } of BODIES) {
      const { stdout, status } = await run(peer, ["put", port, mtu, ...args], body);
      expect(stdout.toString()).toBe("20\n"); // success without the final bit
      expect(status).toBe(0);
      expect(inbox.messages.pop()).toEqual({ contentType, body });
    }
  });

  test("is told what is wrong", async () => {
    const port = await open();
    expect((await run(peer, ["put", port, "1024", "text/plain"], Buffer.from("x"))).stdout.toString()).toBe("4f\n");
    expect((await run(peer, ["put", port, "1024", MIME_13], Buffer.alloc(5000))).stdout.toString()).toBe("4d\n");
    expect(inbox.messages).toEqual([]);
  });

  test.each([255, 1024, 4096])("serves our PUT in packets of %i bytes", async packetMax => {
    for (const { body } of BODIES) {
      const [port] = await freePorts(1);
      const server = start(peer, ["serve", String(port), String(Math.min(packetMax, 1024))]);
      await expect.poll(server.output).toBe("ready\n");
      const answer = await sendObex({ host: "127.0.0.1", port: port! }, CONTENT_TYPE_13, body, { packetMax });
      expect(answer).toEqual({ isAccepted: true, code: 0xa0, text: "success" });
      await expect.poll(server.output).toBe(`ready\n${MIME_13}\n${body.toString("latin1")}`);
    }
  });
});

needing(["obexftp"], "obexftp", "obexftp", () => {
  const directory = workDirectory();

  test("puts files", async () => {
    const port = await open();
    for (const { name, body } of BODIES) {
      const file = join(directory, `${name.replace(" ", "-")}.bin`);
      writeFileSync(file, body);
      await run("obexftp", ["-U", "none", "-S", "-n", "127.0.0.1", "-B", port, "-p", file]); // its exit code does not tell whether the PUT succeeded
      expect(inbox.messages.pop()).toEqual({ contentType: CONTENT_TYPE_OTHER, body });
    }
  });
});
