import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { newPush, readPush } from "../../src/push/wsp.ts";
import { OK } from "../../src/status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13, PUSH_PORT } from "../../src/wire.ts";
import { sendTo } from "../../targets/node/senders.ts";
import { openUdp } from "../../targets/node/udp.ts";
import { BODIES, freePorts, needing, start, workDirectory } from "./programs.ts";

needing(["bearerbox", "wapbox"], "kannel", "Kannel's push gateway", () => {
  const HOST = "127.0.0.77"; // where nobody else listens on the ports of WAP, which cannot be chosen
  const directory = workDirectory();
  let close = () => {};
  afterEach(() => close());

  test("delivers connectionless pushes", async () => {
    const [admin, wapbox, ppg] = await freePorts(3);
    const config = join(directory, "kannel.conf");
    writeFileSync(
      config,
      `group = core
admin-port = ${admin}
admin-password = pkg0
admin-interface = 127.0.0.1
wapbox-port = ${wapbox}
box-allow-ip = "127.0.0.1"
wdp-interface-name = "${HOST}"

group = wapbox
bearerbox-host = 127.0.0.1
log-file = "${join(directory, "wapbox.log")}"

group = ppg
ppg-url = /wappush
ppg-port = ${ppg}
concurrent-pushes = 10
users = 0
trusted-pi = true
`,
    );
    const received: Uint8Array[] = [];
    const device = await openUdp({ host: HOST, port: PUSH_PORT }, bytes => received.push(Uint8Array.from(bytes)));
    close = device.close;
    const bearerbox = start("bearerbox", ["-v", "0", config]);
    await expect.poll(bearerbox.output, { timeout: 20_000 }).toMatch(/Start-?up done|Connected|entering mainloop/i);
    const box = start("wapbox", ["-v", "0", config]);

    const address = encodeURIComponent(`WAPPUSH=${HOST}/TYPE=IPv4@ppg.example`);
    const to = `pap+http://127.0.0.1:${ppg}/wappush?address=${address}`;
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
