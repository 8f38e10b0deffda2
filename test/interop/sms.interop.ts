/** SMS with other programs: tshark as an oracle, Kannel's `at` SMSC and gammu on the emulated modem, our driver on a real pty. */
import { existsSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createModem } from "../../src/push/at/modem.ts";
import { createAtSender } from "../../src/push/at/sender.ts";
import { OK } from "../../src/status.ts";
import { CONTENT_TYPE_13 } from "../../src/wire.ts";
import { pushOf } from "../../targets/codec/encode.ts";
import { kannelForm, sendTpdus, smsParts, submitTpdus } from "../../targets/codec/sms-forms.ts";
import { createTpduReader } from "../../targets/codec/tpdus.ts";
import { openSerial } from "../../targets/node/serial.ts";
import { createEmulator } from "../modem/emulator.ts";
import { deliverTpdu, fromHex, partsOf, toHex } from "../modem/tpdu.ts";
import captures from "../vectors/captures.json" with { type: "json" };
import { startKannel } from "./kannel.ts";
import { BODIES, needing, run, start, workDirectory } from "./programs.ts";

const PUSHES = BODIES.map(({ name, body }, i) => ({ name, push: pushOf(body, CONTENT_TYPE_13, i) }));
const NUMBER = "447700900123";

/** An emulated modem that listens on TCP. */
async function startEmulator() {
  const sockets = new Set<Socket>();
  const emulator = createEmulator({ hasCsms: true, capacity: 100 }, bytes => {
    for (const socket of sockets) socket.write(bytes);
  });
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on("data", bytes => emulator.receive(bytes));
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { emulator, port: (server.address() as { port: number }).port };
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

needing(["tshark", "text2pcap"], "tshark wireshark-common", "tshark reads TPDUs as we do", () => {
  const directory = workDirectory();
  const FIELDS = [
    "gsm_sms.tp-oa",
    "gsm_sms.tp-da",
    "gsm_sms.tp-dcs",
    "gsm_sms.udh.mm.msg_id",
    "gsm_sms.udh.mm.msg_parts",
  ];
  const MORE_FIELDS = ["gsm_sms.udh.mm.msg_part", "gsm_sms.destination_port", "_ws.malformed"];

  async function dissect(tpdu: Uint8Array): Promise<Record<string, string[]>> {
    const text = join(directory, "tpdu.txt");
    const pcap = join(directory, "tpdu.pcap");
    // tshark tells a SUBMIT from a SUBMIT-REPORT by its direction, the SMSC's view: I comes in there
    writeFileSync(text, `${(tpdu[0]! & 3) === 1 ? "I" : "O"}\n000000 ${toHex(tpdu).replace(/../g, " $&")}\n`);
    const made = await run("text2pcap", ["-q", "-D", "-l", "147", text, pcap]);
    expect(made.status, made.output).toBe(0);
    const dlt = 'uat:user_dlts:"User 0 (DLT=147)","gsm_sms","0","","0",""';
    const fields = [...FIELDS, ...MORE_FIELDS].flatMap(name => ["-e", name]);
    const { stdout } = await run("tshark", ["-o", dlt, "-r", pcap, "-T", "json", ...fields]);
    return JSON.parse(stdout.toString())[0]._source.layers;
  }

  test("captures, what we write, and both widths of the reference", async () => {
    const tpdus: Uint8Array[] = captures.captures
      .filter(capture => capture.layer.startsWith("at-"))
      .flatMap((capture): Uint8Array[] =>
        capture.hex.map(hex => fromHex(hex).slice(1 + Number.parseInt(hex.slice(0, 2), 16))),
      );
    for (const isWide of [false, true]) {
      tpdus.push(...submitTpdus(`+${NUMBER}`, PUSHES[2]!.push, { reference: 0x7f, isWide }));
    }
    for (const tpdu of tpdus) {
      const reader = createTpduReader(() => OK);
      const answer = reader.read(tpdu);
      const read = await dissect(tpdu);
      expect(read["_ws.malformed"]).toBeUndefined();
      expect((read["gsm_sms.tp-oa"] ?? read["gsm_sms.tp-da"])?.[0]).toBe(answer.address?.replace("+", ""));
      expect(read["gsm_sms.destination_port"]?.[0]).toBe("2948");
      const [sequence, total] = answer.part ?? [1, 1];
      expect(Number(read["gsm_sms.udh.mm.msg_part"]?.[0] ?? 1)).toBe(sequence);
      expect(Number(read["gsm_sms.udh.mm.msg_parts"]?.[0] ?? 1)).toBe(total);
    }
  });
});

needing(["bearerbox", "smsbox"], "kannel", "Kannel with the modem", () => {
  const directory = workDirectory();

  async function startWithModem(modemPort: number, moUrl: string) {
    const { bearerbox, port } = await startKannel({
      directory,
      box: "smsbox",
      core: "sms-combine-concatenated-mo = true",
      groups: sendsmsPort => `group = smsc
smsc = at
smsc-id = modem
modemtype = emulator
device = rawtcp
host = 127.0.0.1
port = ${modemPort}

group = modems
id = emulator
name = "Emulator"
detect-string = "Emulator"
init-string = "AT+CNMI=1,2,0,0,0"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${sendsmsPort}
log-file = "${join(directory, "smsbox.log")}"

group = sendsms-user
username = u
password = p
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "${moUrl}?from=%p&udh=%u&text=%b"
`,
      ready: started =>
        expect
          .poll(started.output, { timeout: 20_000 })
          .toMatch(/AT SMSC successfully opened|AT2\[modem\]: (AT SMSC )?success/i),
    });
    return { bearerbox, sendsms: `http://127.0.0.1:${port}/cgi-bin/sendsms` };
  }

  test("its SUBMITs come out as the pushes that went in", async () => {
    const { emulator, port } = await startEmulator();
    const { sendsms, bearerbox } = await startWithModem(port, "http://127.0.0.1:1/");
    for (const { name, push } of [PUSHES[0]!, PUSHES[2]!]) {
      const parts = smsParts(push, { reference: 77 });
      for (const part of parts) {
        const url = `${sendsms}?username=u&password=p&from=1234&to=%2B${NUMBER}&${kannelForm(part)}`;
        await expect
          .poll(
            () =>
              fetch(url).then(
                answer => answer.status,
                () => 0,
              ),
            { timeout: 20_000, message: name },
          )
          .toBe(202);
      }
      await expect
        .poll(() => emulator.sent.length, { timeout: 30_000, message: bearerbox.output() })
        .toBe(parts.length);
      const reader = createTpduReader();
      const answers = emulator.sent.splice(0).map(pdu => reader.read(fromHex(pdu)));
      const whole = answers.filter(answer => answer.status === OK);
      expect(whole.length, name).toBe(1);
      expect(toHex(whole[0]!.push!)).toBe(toHex(push));
    }
  });

  test("it puts together the DELIVERs of our parts", async () => {
    const texts: string[] = [];
    const service = createHttpServer((request, response) => {
      texts.push(/&text=(.*)$/.exec(request.url ?? "")?.[1] ?? "");
      response.end();
    });
    await new Promise<void>(resolve => service.listen(0, "127.0.0.1", resolve));
    closers.push(() => service.close());
    const { emulator, port } = await startEmulator();
    await startWithModem(port, `http://127.0.0.1:${(service.address() as { port: number }).port}/mo`);
    for (const { name, push } of PUSHES) {
      for (const [i, part] of partsOf(push, 9).reverse().entries()) emulator.message(deliverTpdu(NUMBER, part, i));
      await expect.poll(() => texts.length, { timeout: 20_000, message: name }).toBe(1);
      const text = texts.pop() ?? "";
      const bytes = Buffer.from(
        text.replace(/\+/g, " ").replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        "latin1",
      );
      expect(bytes.toString("hex"), name).toBe(toHex(push));
    }
  });
});

needing(["gammu", "socat"], "gammu socat", "gammu at the modem, over a pty", () => {
  const directory = workDirectory();

  test("lists the DELIVERs that we make", async () => {
    const { emulator, port } = await startEmulator();
    const tty = join(directory, "gammu-tty");
    start("socat", [`PTY,link=${tty},raw,echo=0`, `TCP:127.0.0.1:${port}`]);
    await expect.poll(() => existsSync(tty), { timeout: 10_000 }).toBe(true);
    const { push } = PUSHES[1]!;
    const parts = partsOf(push, 200);
    for (const [i, part] of parts.entries()) {
      const tpdu = deliverTpdu(NUMBER, part, i);
      emulator.store(`0791448720003023${toHex(tpdu)}`.toUpperCase(), tpdu.length);
    }
    const rc = join(directory, "gammurc");
    writeFileSync(rc, `[gammu]\ndevice = ${tty}\nconnection = at115200\nmodel = at\n`);
    const { output } = await run("gammu", ["-c", rc, "getallsms"]);
    expect(output).toContain(`"+${NUMBER}"`);
    // its hex of 8-bit data ends at a NUL, so only the header is compared
    for (let i = 1; i <= parts.length; i++) expect(output).toContain(`ID (8 bit) 200, part ${i} of ${parts.length}`);
    expect(output).toContain(`${parts.length} SMS parts in`);
  });
});

needing(["socat"], "socat", "our driver at a tty", () => {
  const directory = workDirectory();

  test("receives and sends over a pty", async () => {
    const { emulator, port } = await startEmulator();
    const tty = join(directory, "tty");
    start("socat", [`PTY,link=${tty},raw,echo=0`, `TCP:127.0.0.1:${port}`]);
    await expect.poll(() => existsSync(tty), { timeout: 10_000 }).toBe(true);
    const serial = await openSerial(tty);
    const clock = { posixSeconds: () => 0, monotonicSeconds: () => performance.now() / 1000 };
    const sending = createAtSender();
    const modem = createModem(serial, clock, { isDirect: true, sending });
    closers.push(() => modem.close());
    const reader = createTpduReader();
    const pushes: string[] = [];
    modem.open((bytes, from, to) => {
      const answer = reader.read(bytes.slice(from, to));
      if (answer.push !== undefined) pushes.push(toHex(answer.push));
      return answer.status;
    });
    const timer = setInterval(() => modem.tick(), 100);
    closers.push(() => clearInterval(timer));
    for (const [i, { push }] of PUSHES.entries()) {
      for (const part of partsOf(push, i)) emulator.message(deliverTpdu(NUMBER, part, i));
    }
    await expect.poll(() => pushes, { timeout: 20_000 }).toEqual(PUSHES.map(({ push }) => toHex(push)));
    await sendTpdus(sending, submitTpdus(`+${NUMBER}`, PUSHES[2]!.push));
    expect(emulator.sent.length).toBe(5);
  });
});
