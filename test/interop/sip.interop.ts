import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createMd5 } from "../../src/hash/md5.ts";
import { MIME_13 } from "../../src/push/dm.ts";
import { OK, SIP_CHALLENGE } from "../../src/status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../../src/wire.ts";
import { type Listener, openSip, type SipOptions } from "../../targets/node/net.ts";
import { sendSip } from "../../targets/node/senders.ts";
import { BODIES, freeUdpPort, Inbox, needing, run, start, workDirectory } from "./programs.ts";

const HOST = "127.0.0.1";
let listeners: Listener[] = [];
let inbox = new Inbox();

afterEach(async () => {
  for (const listener of listeners) await listener.close();
  listeners = [];
  inbox = new Inbox();
});

async function open(options: SipOptions = {}): Promise<Listener> {
  const listener = await openSip({ host: HOST, port: 0 }, inbox.deliver, options);
  listeners.push(listener);
  return listener;
}

const directory = workDirectory();

/** The path of a new file with `text`. */
function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

needing(["sipp"], "sip-tester", "sipp", () => {
  /** A scenario that sends one request and wants one answer. */
  function scenario(method: string, headers: string, body: Uint8Array, code: number): string {
    const bytes = Array.from(body, byte => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
    return `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="push">
<send retrans="500"><![CDATA[

${method} sip:device@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:dms@example.com>;tag=[call_number]
To: <sip:device@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 ${method}
Max-Forwards: 70
${headers}
Content-Length: ${body.length}

${bytes}]]></send>
<recv response="${code}"/>
</scenario>`;
  }

  async function play(name: string, text: string, to: Listener): Promise<void> {
    const port = String(await freeUdpPort());
    const target = [`${to.host}:${to.port}`, "-i", HOST, "-p", port];
    const args = [...target, "-sf", file(name, text), "-m", "1", "-nostdin", "-timeout", "10s", "-timeout_error"];
    const { status, output } = await run("sipp", args);
    expect(status, output.slice(-2000)).toBe(0);
  }

  test("sends MESSAGE", async () => {
    const device = await open();
    const type = `Content-Type: ${MIME_13}\nAccept-Contact: *;+g.oma.eventappid="syncml.dm";require;explicit`;
    for (const { name, body } of BODIES) {
      await play(`${name}.xml`, scenario("MESSAGE", type, body, 200), device);
      expect(inbox.messages.pop()).toEqual({ contentType: CONTENT_TYPE_13, body });
    }
  });

  test("is told what is wrong", async () => {
    const device = await open();
    const x = Buffer.from("x");
    await play("415.xml", scenario("MESSAGE", "Content-Type: text/plain", x, 415), device);
    await play("405.xml", scenario("SUBSCRIBE", "Event: presence", Buffer.alloc(0), 405), device);
    await play("options.xml", scenario("OPTIONS", "Accept: */*", Buffer.alloc(0), 200), device);
    expect(inbox.messages).toEqual([]);
  });

  test("takes our MESSAGE", async () => {
    const text = `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="device">
<recv request="MESSAGE"/>
<send><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>`;
    const port = await freeUdpPort();
    start("sipp", ["-sf", file("uas.xml", text), "-i", HOST, "-p", String(port), "-nostdin", "-m", "1"]);
    const send = () => sendSip("sip:device@example.com", { host: HOST, port }, CONTENT_TYPE_13, BODIES[2]!.body);
    await expect
      .poll(() => send().catch(error => error.code), { timeout: 10_000 }) // ECONNREFUSED until sipp listens
      .toEqual({ isAccepted: true, code: 200, text: "OK" });
  });
});

needing(["kamailio"], "kamailio kamailio-outbound-modules", "Kamailio", () => {
  const INSTANCE = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

  async function startKamailio(): Promise<number> {
    const port = await freeUdpPort();
    const config = `#!KAMAILIO
debug=1
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:${HOST}:${port}
${["kex", "corex", "tm", "sl", "pv", "usrloc", "registrar", "auth", "siputils", "textops", "xlog"]
  .map(module => `loadmodule "${module}.so"`)
  .join("\n")}
modparam("registrar", "min_expires", 60)
request_route {
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("$td", "secret", "0")) {
      www_challenge("$td", "1");
      exit;
    }
    save("location");
    exit;
  }
  if (is_method("MESSAGE")) {
    if (!lookup("location")) {
      sl_send_reply("404", "Not Found");
      exit;
    }
    t_relay();
    exit;
  }
  sl_send_reply("405", "Method Not Allowed");
}
`;
    const path = file("kamailio.cfg", config);
    const args = ["-DD", "-E", "-m", "32", "-M", "8", "-Y", directory, "-f", path];
    const server = start("kamailio", args);
    const probe = await open();
    await expect
      .poll(
        () =>
          sendSip("sip:nobody@example.com", { host: HOST, port }, CONTENT_TYPE_13, BODIES[0]!.body, { timeoutMs: 300 }),
        {
          timeout: 20_000,
          message: server.output(),
        },
      )
      .toMatchObject({ code: 404 });
    await probe.close();
    listeners.pop();
    return port;
  }

  function registering(
    port: number,
    password: string,
    onChanged: (status: number, pub: string, temp: string) => void,
  ): SipOptions {
    return {
      register: {
        host: HOST,
        port,
        registrar: `sip:${HOST}`,
        address: `sip:device@${HOST}`,
        instance: INSTANCE,
        credentials: { name: "device", password, md5: createMd5() },
        onChanged,
      },
    };
  }

  test("registers the device with GRUU, and relays MESSAGE to it", async () => {
    const port = await startKamailio();
    let device: Listener | undefined;
    const [status, pubGruu, tempGruu] = await new Promise<[number, string, string]>(resolve => {
      open(registering(port, "secret", (...told) => resolve(told))).then(listener => {
        device = listener;
      });
    });
    expect(status).toBe(OK);
    expect(pubGruu).toBe(`sip:device@${HOST};gr=${INSTANCE}`);
    expect(tempGruu).toMatch(/^sip:.*;gr/);
    for (const uri of [`sip:device@${HOST}`, pubGruu]) {
      for (const { name, body } of BODIES.slice(0, 3)) {
        const answer = await sendSip(uri, { host: HOST, port }, CONTENT_TYPE_12, body);
        expect(answer, `${name} to ${uri}`).toEqual({ isAccepted: true, code: 200, text: "OK" });
        expect(inbox.messages.pop()).toEqual({ contentType: CONTENT_TYPE_12, body });
      }
    }
    await device!.close();
    listeners = [];
    await expect
      .poll(() => sendSip(`sip:device@${HOST}`, { host: HOST, port }, CONTENT_TYPE_13, BODIES[0]!.body))
      .toMatchObject({ code: 404 });
  });

  test("refuses a wrong password", async () => {
    const port = await startKamailio();
    const status = await new Promise<number>(resolve => open(registering(port, "wrong", resolve)));
    expect(status).toBe(SIP_CHALLENGE);
  });
});
