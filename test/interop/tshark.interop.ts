import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeHttpPost } from "../../src/push/http/write.ts";
import { createObexSender } from "../../src/push/obex/sender.ts";
import { writeSipMessage } from "../../src/push/sip/write.ts";
import { writePushHeader } from "../../src/push/wsp.ts";
import { CONTENT_TYPE_13 } from "../../src/wire.ts";
import { BODIES, needing, run, workDirectory } from "./programs.ts";

needing(["tshark", "text2pcap"], "tshark wireshark-common", "tshark", () => {
  const directory = workDirectory();
  const { body } = BODIES[1]!;
  const BODY = body.toString("hex");
  const TYPE = "application/vnd.syncml.dm.notification";

  /** Every field that tshark finds in `packet`, sent between `ports`: its last value, and that value in hex. */
  async function dissect(packet: Uint8Array, ports: string[]): Promise<{ [field: string]: string }> {
    const text = join(directory, "packet.txt");
    const pcap = join(directory, "packet.pcap");
    writeFileSync(text, `000000 ${Array.from(packet, byte => byte.toString(16).padStart(2, "0")).join(" ")}\n`);
    const made = await run("text2pcap", [...ports, text, pcap]);
    expect(made.status, made.output).toBe(0);
    const { stdout } = await run("tshark", ["-r", pcap, "-d", "tcp.port==650,obex", "-T", "pdml"]);
    const read: { [field: string]: string } = {};
    let name = "";
    for (const [element] of stdout.toString("latin1").matchAll(/<(field|proto) [^>]*>/g)) {
      const of = (attribute: string) => new RegExp(` ${attribute}="([^"]*)"`).exec(element)?.[1] ?? "";
      name = of("name") || `${name}.value`; // elements without a name are inside elements with one
      read[name] = of("show");
      read[`${name} hex`] = of("value");
    }
    expect(Object.keys(read).filter(field => /malformed/.test(field))).toEqual([]);
    return read;
  }

  test("reads our push PDU", async () => {
    const push = Buffer.alloc(6 + body.length);
    writePushHeader(7, CONTENT_TYPE_13, push, 0);
    body.copy(push, 6);
    const read = await dissect(push, ["-u", "9200,2948"]);
    expect(read["wsp.pdu_type"]).toBe("0x06");
    expect(read["wsp.TID"]).toBe("0x07");
    expect(read["wsp.header.x_wap_application_id"]).toContain("syncml.dm");
    expect(read["media.type hex"]).toBe(BODY);
  });

  test("reads our MESSAGE", async () => {
    const out = new Uint8Array(1300);
    const fields = { uri: "sip:d@e", from: "sip:s@e", sentBy: "127.0.0.1:5061", branch: "b", tag: "t", callId: "c" };
    const all = { ...fields, cseq: 1, contentType: CONTENT_TYPE_13 };
    const message = out.subarray(0, writeSipMessage(all, body, 0, body.length, out, 0));
    const read = await dissect(message, ["-u", "5061,5060"]);
    expect(read["sip.Method"]).toBe("MESSAGE");
    expect(read["sip.Via.branch"]).toBe("z9hG4bKb");
    expect(read["sip.Content-Type"]).toBe(TYPE);
    expect(read["sip.Content-Length"]).toBe(String(body.length));
    expect(read["sip.msg_body.value hex"]).toBe(BODY);
  });

  test("reads our POST", async () => {
    const out = new Uint8Array(1300);
    const post = out.subarray(0, writeHttpPost("d", "/wappush", CONTENT_TYPE_13, body, 0, body.length, out, 0));
    const read = await dissect(post, ["-T", "40000,80"]);
    expect(read["http.request.uri"]).toBe("/wappush");
    expect(read["http.content_type"]).toBe(TYPE);
    expect(read["media.type hex"]).toBe(BODY);
  });

  test("reads our OBEX packets", async () => {
    const packets: Uint8Array[] = [];
    const send = (bytes: Uint8Array, from: number, to: number) => packets.push(bytes.slice(from, to));
    const put = createObexSender({ monotonicSeconds: () => 0 }, { contentType: CONTENT_TYPE_13, packetMax: 255, send });
    put.open(body, 0, body.length);
    put.receive(Uint8Array.of(0xa0, 0, 7, 0x10, 0, 0, 255), 0, 7);
    put.receive(Uint8Array.of(0xa0, 0, 3), 0, 3);
    expect(packets.map(packet => packet[0])).toEqual([0x80, 0x82, 0x81]);
    const ports = ["-T", "40000,650"];
    const connect = await dissect(packets[0]!, ports);
    expect(connect["obex.max_pkt_len"]).toBe("255");
    const read = await dissect(packets[1]!, ports);
    expect(read["obex.pkt_len"]).toBe(String(packets[1]!.length));
    expect(read["obex.type"]).toBe(TYPE);
    expect(read["obex.header.value.byte_sequence hex"]).toBe(BODY);
    expect((await dissect(packets[2]!, ports))["obex.opcode"]).toBe("0x01");
  });
});
