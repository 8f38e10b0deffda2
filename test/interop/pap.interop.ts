import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { newPush, readPush } from "../../src/push/wsp.ts";
import { OK } from "../../src/status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13, PUSH_PORT } from "../../src/wire.ts";
import { sendTo } from "../../targets/node/senders.ts";
import { openUdp } from "../../targets/node/udp.ts";
import { startKannel } from "./kannel.ts";
import { BODIES, needing, workDirectory } from "./programs.ts";

needing(["bearerbox", "wapbox"], "kannel", "Kannel's push gateway", () => {
  const HOST = "127.0.0.77"; // an address of its own, because Kannel's ports of WAP are fixed
  const directory = workDirectory();
  let close = () => {};
  afterEach(() => close());

  test("delivers connectionless pushes", async () => {
    const received: Uint8Array[] = [];
    const device = await openUdp({ host: HOST, port: PUSH_PORT }, bytes => received.push(Uint8Array.from(bytes)));
    close = device.close;
    const { box, port } = await startKannel({
      directory,
      box: "wapbox",
      core: `wdp-interface-name = "${HOST}"`,
      groups: ppgPort => `group = wapbox
bearerbox-host = 127.0.0.1
log-file = "${join(directory, "wapbox.log")}"

group = ppg
ppg-url = /wappush
ppg-port = ${ppgPort}
concurrent-pushes = 10
users = 0
trusted-pi = true
`,
      ready: bearerbox =>
        expect.poll(bearerbox.output, { timeout: 20_000 }).toMatch(/Start-?up done|Connected|entering mainloop/i),
    });

    const address = encodeURIComponent(`WAPPUSH=${HOST}/TYPE=IPv4@ppg.example`);
    const to = `pap+http://127.0.0.1:${port}/wappush?address=${address}`;
    const submit = (contentType: number, body: Uint8Array) =>
      sendTo(to, contentType, body).catch(error => ({ isAccepted: false, code: 0, text: String(error) }));
    await expect
      .poll(() => submit(CONTENT_TYPE_13, BODIES[0]!.body), { timeout: 20_000, interval: 200, message: box.output() })
      .toMatchObject({ isAccepted: true, code: 1001 });
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(1);
    received.length = 0;

    for (const { name, body } of BODIES) {
      for (const contentType of [CONTENT_TYPE_13, CONTENT_TYPE_12]) {
        expect(await submit(contentType, body), name).toMatchObject({ isAccepted: true, code: 1001 });
        await expect.poll(() => received.length, { timeout: 10_000, message: name }).toBe(1);
        const bytes = received.pop()!;
        const push = newPush();
        expect(readPush(bytes, 0, bytes.length, push, 48), Buffer.from(bytes).toString("hex").slice(0, 200)).toBe(OK);
        expect(push.contentType).toBe(contentType);
        expect(Buffer.from(bytes.subarray(push.bodyFrom, push.bodyTo))).toEqual(body);
      }
    }
  });
});
