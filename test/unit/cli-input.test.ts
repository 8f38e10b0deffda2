/** Checks that every written form of every sample gives the same result as its plain hex. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { INPUT_LONG } from "../../src/index.ts";
import {
  createDecoder,
  createLineReader,
  encode,
  type Found,
  findInCapture,
  pushOf,
} from "../../targets/codec/index.ts";
import { runCli } from "../cli.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const folder = mkdtempSync(join(tmpdir(), "pkg0-input-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SAMPLES = captures.captures
  .filter(({ layer, name }) => (layer === "push" && !name.includes("corrupted")) || layer.startsWith("at-"))
  .map(({ name, hex }) => ({ name, hex: hex[0]! }));

function found(text: string): Found[] {
  const lines = createLineReader();
  return [...text.split("\n").flatMap(line => lines.add(line)), ...lines.end()];
}

/** `hex` in rows of `size` bytes, each by `row`. */
function rows(hex: string, size: number, row: (pairs: string[], offset: number) => string): string[] {
  const pairs = hex.match(/../g)!;
  const all: string[] = [];
  for (let at = 0; at < pairs.length; at += size) all.push(row(pairs.slice(at, at + size), at));
  return all;
}

const number = (offset: number, digits: number) => offset.toString(16).padStart(digits, "0");
const ascii = (pairs: string[]) =>
  pairs
    .map(pair => (/^[2-7]/.test(pair) && pair !== "7f" ? String.fromCharCode(Number.parseInt(pair, 16)) : "."))
    .join("");
const groups = (pairs: string[]) => pairs.join("").replace(/.{4}(?=.)/g, "$& ");
const spaced = (pairs: string[]) => `${pairs.slice(0, 8).join(" ")}  ${pairs.slice(8).join(" ")}`.trimEnd();

const wireshark = (hex: string) =>
  rows(hex, 16, (pairs, at) => `${number(at, 4)}   ${pairs.join(" ").padEnd(47)}   ${ascii(pairs)}`).join("\n");
/** Words of 16 bits, the low byte first; offsets in hex (hexdump) or octal (od). */
const words = (hex: string, radix: number) =>
  [
    ...rows(hex, 16, (pairs, at) => {
      const swapped = pairs
        .join("")
        .padEnd(32, "0")
        .slice(0, 2 * (pairs.length + (pairs.length & 1)));
      return `${at.toString(radix).padStart(7, "0")} ${swapped.replace(/(..)(..)/g, "$2$1 ").trim()}`;
    }),
    (hex.length / 2).toString(radix).padStart(7, "0"),
  ].join("\n");
const python = (hex: string) =>
  hex.replace(/../g, pair => {
    const letter = String.fromCharCode(Number.parseInt(pair, 16));
    if (letter === "\n") return "\\n";
    return /[ -~]/.test(letter) && !/['"\\]/.test(letter) ? letter : `\\x${pair}`;
  });

const FORMS: [form: string, write: (hex: string) => string, said?: string][] = [
  ["upper case", hex => hex.toUpperCase(), "hex"],
  ["with blanks", hex => hex.replace(/..(?=.)/g, "$& "), "hex"],
  ["with colons", hex => hex.replace(/..(?=.)/g, "$&:"), "hex"],
  ["one 0x", hex => `0x${hex}`, "0x list"],
  ["a 0x list", hex => `{ ${hex.replace(/..(?=.)/g, "0x$&, ").replace(/(..)$/, "0x$1")} };`, "0x list"],
  ["\\x", hex => `"${hex.replace(/../g, "\\x$&")}"`, "\\x text"],
  ["xxd -p", hex => rows(hex, 30, pairs => pairs.join("")).join("\n")],
  ["wrapped at 64", hex => rows(hex, 32, pairs => pairs.join("")).join("\n")],
  ["wrapped pairs", hex => rows(hex, 16, pairs => pairs.join(" ")).join("\n")],
  [
    "xxd",
    hex => rows(hex, 16, (pairs, at) => `${number(at, 8)}: ${groups(pairs).padEnd(39)}  ${ascii(pairs)}`).join("\n"),
    "xxd dump",
  ],
  [
    "hexdump -C",
    hex =>
      [
        ...rows(hex, 16, (pairs, at) => `${number(at, 8)}  ${spaced(pairs).padEnd(48)}  |${ascii(pairs)}|`),
        number(hex.length / 2, 8),
      ].join("\n"),
    "hexdump -C",
  ],
  [
    "tcpdump -X",
    hex =>
      rows(hex, 16, (pairs, at) => `\t0x${number(at, 4)}:  ${groups(pairs).padEnd(39)}  ${ascii(pairs)}`).join("\n"),
    "tcpdump -x",
  ],
  ["xxd -g1 as Wireshark", hex => wireshark(hex), "Wireshark dump"],
  [
    "od -tx1",
    hex =>
      [
        ...rows(hex, 16, (pairs, at) => `${at.toString(8).padStart(7, "0")} ${pairs.join(" ")}`),
        (hex.length / 2).toString(8).padStart(7, "0"),
      ].join("\n"),
    "od dump",
  ],
  [
    "od -Ax -tx1z",
    hex =>
      [
        ...rows(hex, 16, (pairs, at) => `${number(at, 6)} ${pairs.join(" ").padEnd(47)}  >${ascii(pairs)}<`),
        number(hex.length / 2, 6),
      ].join("\n"),
    "od dump",
  ],
  ["hexdump", hex => words(hex, 16), "dump of words"],
  ["od -x", hex => words(hex, 8), "dump of words"],
  [
    "xxd -i",
    hex =>
      [
        "unsigned char push_bin[] = {",
        rows(hex, 12, pairs => `  ${pairs.map(pair => `0x${pair}`).join(", ")}`).join(",\n"),
        "};",
        `unsigned int push_bin_len = ${hex.length / 2};`,
      ].join("\n"),
    "0x list",
  ],
  ["JSON of a Buffer", hex => JSON.stringify(Buffer.from(hex, "hex")), "list of decimals"],
  ["bytes of Java", hex => `[${[...new Int8Array(Buffer.from(hex, "hex"))].join(", ")}]`, "list of decimals"],
  ["pairs with commas", hex => rows(hex, 16, pairs => pairs.join(", ")).join(",\n"), "list of hex"],
  ["console.log of a Buffer", hex => `got <Buffer ${rows(hex, 1, ([pair]) => pair!).join(" ")}>`, "Buffer"],
  ["repr of Python", hex => `INFO received b'${python(hex)}' from x`, "string with escapes"],
  [
    "base64 -w76",
    hex =>
      Buffer.from(hex, "hex")
        .toString("base64")
        .replace(/.{76}(?=.)/g, "$&\n"),
  ],
  [
    "base64 -w64",
    hex =>
      Buffer.from(hex, "hex")
        .toString("base64")
        .replace(/.{64}(?=.)/g, "$&\n"),
  ],
  ["a log with blanks", hex => `12:00:01 gw[12]: push ${hex.replace(/..(?=.)/g, "$& ")}`, "line of a log"],
  ["base64", hex => Buffer.from(hex, "hex").toString("base64"), "base64"],
  [
    "a modem's log",
    hex => `[12:00:01] <- +CMT: ,${hex.length / 2}\n[12:00:01] <- ${hex.toUpperCase()}\nOK`,
    "line of a log",
  ],
  ["a listen event", hex => JSON.stringify({ event: "rejected", hex }), "JSON"],
];

describe("every form of every sample", () => {
  test.each(FORMS)("%s", (_, write, said) => {
    for (const { name, hex } of SAMPLES) {
      const all = found(write(hex));
      expect([name, all.map(({ bytes }) => Buffer.from(bytes).toString("hex"))]).toEqual([name, [hex]]);
      if (said !== undefined) expect([name, all[0]!.form]).toEqual([name, said]);
    }
  });

  test.each(FORMS)("%s, of all one after the other", (_, write) => {
    const text = SAMPLES.map(({ hex }) => write(hex)).join("\n\n");
    expect(found(text).map(({ bytes }) => Buffer.from(bytes).toString("hex"))).toEqual(SAMPLES.map(({ hex }) => hex));
  });
});

test("messages of one length, one a line, are not glued together", () => {
  const hex = SAMPLES.find(({ name }) => name.startsWith("kannel-udp-1"))!.hex;
  expect(found(`${hex}\n${hex}\n${hex}`).length).toBe(3);
});

test("arrays of any length, as Node and xxd -i break them into lines", () => {
  const hex = SAMPLES[1]!.hex;
  for (let size = 8; size <= 100; size++) {
    const bytes = Buffer.from(hex, "hex").subarray(0, size);
    const c = rows(bytes.toString("hex"), 12, pairs => `  ${pairs.map(pair => `0x${pair}`).join(", ")}`).join(",\n");
    for (const text of [
      inspect(new Uint8Array(bytes)),
      `unsigned char x[] = {\n${c}\n};`,
      inspect({ data: [...bytes] }),
    ]) {
      expect(found(text).map(one => Buffer.from(one.bytes).toString("hex"))).toContain(bytes.toString("hex"));
    }
  }
});

test("arrays and Buffers that Node cut off say so", () => {
  const bytes = Buffer.from(SAMPLES[0]!.hex.repeat(2), "hex");
  for (const text of [inspect(bytes), inspect(new Uint8Array(bytes))]) {
    const all = found(text);
    expect(all.length).toBe(1);
    expect(all[0]!.form).toMatch(/of which Node did not print \d+ bytes/);
    expect(Buffer.from(all[0]!.bytes)).toEqual(bytes.subarray(0, all[0]!.bytes.length));
  }
});

test("a long line that is nearly one of a form is taken apart in one way only, so it is answered at once", () => {
  const digits = [
    "0".repeat(5_001),
    "00 ".repeat(2_000),
    "0000 ".repeat(2_000),
    "0x00, ".repeat(2_000),
    "\t".repeat(5_000),
  ];
  const starts = [
    "",
    "00000000: ",
    "00000000  ",
    "0x0000:  ",
    "0000   ",
    "0000000 ",
    "<Buffer ",
    "b'\\x00",
    "AT+",
    "x = {",
  ];
  for (const start of starts) {
    for (const middle of digits) for (const end of ["g", " g", "|", "'", "{"]) found(`${start}${middle}${end}`);
  }
});

test("what is not hex says so, with its line; a modem's talk is passed over", () => {
  const all = found('AT+CMGF=0\nOK\n+CMTI: "ME",3\nhello world\n12g4');
  expect(all.map(({ line, status, at }) => [line, status, at])).toEqual([
    [4, 0xe1, 0],
    [5, 0xe1, 1],
  ]);
});

describe("what encode prints", () => {
  const fields = { sessionId: "1234", serverId: "dm.example.com", requestedMo: [1], connectReason: "x".repeat(200) };
  const forms = [
    ["--push"],
    [],
    ...["parts", "kannel", "smpp"].map(form => ["--sms", "--form", form]),
    ["--sms", "--form", "at", "--number", "+447700900123"],
  ];
  test.each(forms)("%s %s %s", (...args) => {
    const encoded = runCli([
      "encode",
      "--secret",
      "s",
      ...args.filter(one => one !== undefined),
      JSON.stringify(fields),
    ]);
    expect(encoded.code).toBe(0);
    const { code, lines } = runCli(["decode", "--secret", "s"], `${encoded.lines.join("\n")}\n`);
    expect(code).toBe(0);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ status: "OK", sessionId: "1234", digestValid: true });
  });
});

describe("--in and standard input", () => {
  const { hex } = SAMPLES[0]!;
  test("a refused message tells its line, and a dump without quotes is one message", () => {
    const { lines } = runCli(["decode"], `${hex}\nhello\n`);
    expect(JSON.parse(lines[1]!)).toMatchObject({ status: "NOT_HEX", place: "line 2" });
    const pasted = runCli(["decode", ...hex.match(/../g)!]);
    expect([pasted.code, pasted.lines.length]).toEqual([0, 1]);
  });

  test("a modem's log with Ctrl-Z is text", () => {
    const { lines } = runCli(["decode"], `AT+CMGS=20\r\n> ${hex}\u001a\r\nOK\r\n`);
    expect(lines.map(line => JSON.parse(line).status)).toEqual(["OK"]);
  });
  test("binary", () => {
    const file = join(folder, "push.bin");
    writeFileSync(file, Buffer.from(hex, "hex"));
    const { code, lines } = runCli(["decode", "--in", file]);
    expect([code, JSON.parse(lines[0]!)]).toMatchObject([0, { status: "OK", as: "push", input: "binary" }]);
    expect(runCli(["explain", "--in", file]).lines[0]).toBe("line 1: binary");
  });

  test("a file that is not there is an error, not a stack", () => {
    const { code, errors } = runCli(["decode", "--in", join(folder, "none")]);
    expect([code, errors.split("\n").length]).toEqual([1, 2]);
  });

  test("a line without end takes no memory, and the next one is read", () => {
    const { code, lines } = runCli(["decode"], `${"00".repeat(3_000_000)}\n${hex}\n`);
    expect([code, ...lines.map(line => JSON.parse(line).status)]).toEqual([1, "INPUT_LONG", "OK"]);
  });
});

/** A pcap of Ethernet frames with IPv4; `payload` over UDP, or over TCP in `pieces` segments that come in disorder. */
function pcapOf(isTcp: boolean, port: number, payload: Buffer, pieces = 1): Buffer {
  const size = Math.ceil(payload.length / pieces);
  const frames = Array.from({ length: pieces }, (_, i) => {
    const data = payload.subarray(i * size, (i + 1) * size);
    const transport = Buffer.alloc(isTcp ? 20 : 8);
    transport.writeUInt16BE(9200, 0);
    transport.writeUInt16BE(port, 2);
    if (isTcp) {
      transport.writeUInt32BE(1000 + i * size, 4);
      transport[12] = 0x50;
    } else transport.writeUInt16BE(8 + data.length, 4);
    const ip = Buffer.from("450000000000000040110000c0000201c0000207".padEnd(40, "0"), "hex");
    ip.writeUInt16BE(20 + transport.length + data.length, 2);
    ip[9] = isTcp ? 6 : 17;
    return Buffer.concat([Buffer.alloc(12), Buffer.from("0800", "hex"), ip, transport, data]);
  });
  if (pieces > 2) frames.splice(1, 2, frames[2]!, frames[1]!, frames[1]!);
  const header = Buffer.from("d4c3b2a1020004000000000000000000ffff000001000000", "hex");
  return Buffer.concat([
    header,
    ...frames.flatMap(frame => {
      const record = Buffer.alloc(16);
      record.writeUInt32LE(frame.length, 8);
      record.writeUInt32LE(frame.length, 12);
      return [record, frame];
    }),
  ]);
}

/** The same frames in blocks of pcapng. */
function pcapngOf(pcap: Buffer): Buffer {
  const block = (type: number, body: Buffer) => {
    const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(type, 0);
    head.writeUInt32LE(padded.length + 12, 4);
    return Buffer.concat([head, padded, head.subarray(4)]);
  };
  const blocks = [
    block(0x0a0d0d0a, Buffer.from("4d3c2b1a01000000ffffffffffffffff", "hex")),
    block(1, Buffer.from("0100000000000400", "hex")),
  ];
  for (let at = 24; at < pcap.length; ) {
    const length = pcap.readUInt32LE(at + 8);
    const head = Buffer.alloc(20);
    head.writeUInt32LE(length, 12);
    head.writeUInt32LE(length, 16);
    blocks.push(block(6, Buffer.concat([head, pcap.subarray(at + 16, at + 16 + length)])));
    at += 16 + length;
  }
  return Buffer.concat(blocks);
}

describe("text without end", () => {
  test("lines of digits that no message has are answered each, and none is lost", () => {
    const lines = createLineReader();
    const digits = "0a".repeat(200_000);
    const found = Array.from({ length: 40 }, () => lines.add(digits)).flat();
    found.push(...lines.end());
    expect(found.length).toBe(40);
    expect(found.every(({ bytes }) => bytes.length === 200_000)).toBe(true);
  });

  test("a dump of more than 1 MiB is INPUT_LONG, and what follows is read", () => {
    const lines = createLineReader();
    const row = (at: number) => `${at.toString(16).padStart(8, "0")}: ${"0000 ".repeat(8)} ................`;
    const found = Array.from({ length: 70_000 }, (_, i) => lines.add(row(16 * i))).flat();
    found.push(...lines.add(row(0)), ...lines.end());
    expect(found.map(({ status, bytes }) => [status, bytes.length])).toEqual([
      [INPUT_LONG, 0],
      [undefined, 16],
    ]);
  });
});

describe("captures of networks", () => {
  const { bytes, contentType } = encode(
    { sessionId: "AB", serverId: "dm.example.com", requestedMo: [1] },
    { secret: "s" },
  );
  const http = Buffer.concat([
    Buffer.from(
      `POST /push HTTP/1.1\r\nHost: d\r\nContent-Type: application/vnd.syncml.dm.notification\r\nX-Wap-Application-Id: x-wap-application:syncml.dm\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    ),
    bytes,
  ]);
  const sipp = captures.captures.find(({ layer }) => layer.startsWith("sip"))!;
  const obex = captures.captures.find(({ name }) => name === "openobex-put-3-packets")!;
  const kinds: [what: string, pcap: Buffer][] = [
    ["a push over UDP", pcapOf(false, 2948, Buffer.from(pushOf(bytes, contentType, 1)))],
    ["a SIP MESSAGE", pcapOf(false, 5060, Buffer.from(sipp.hex[0]!, "hex"))],
    ["an HTTP POST", pcapOf(true, 4035, http)],
    ["an HTTP POST in pieces", pcapOf(true, 4035, http, 5)],
    ["an OBEX PUT", pcapOf(true, 650, Buffer.from(obex.hex.join(""), "hex"))],
  ];
  test.each(kinds)("%s, in pcap and in pcapng", (_, pcap) => {
    for (const capture of [pcap, pcapngOf(pcap)]) {
      const all = findInCapture(capture)!;
      expect(all.length).toBe(1);
      expect(createDecoder("auto").decodeFound(all[0]!)).toMatchObject({ status: "OK", serverId: "dm.example.com" });
      expect(all[0]!.form).toContain("192.0.2.1:9200 > 192.0.2.7:");
    }
  });

  test("one packet as tcpdump and Wireshark print it, whatever its port", () => {
    const push = Buffer.from(pushOf(bytes, contentType, 1));
    for (const port of [2948, 29480]) {
      const frame = pcapOf(false, port, push).subarray(24 + 16);
      const ip = frame.subarray(14);
      ip.writeUInt16BE(ip.length, 2);
      let sum = 0;
      for (let at = 0; at < 20; at += 2) sum += ip.readUInt16BE(at);
      ip.writeUInt16BE(~((sum & 0xffff) + (sum >> 16)) & 0xffff, 10);
      const hex = ip.toString("hex");
      const dump = rows(hex, 16, (pairs, at) => `\t0x${number(at, 4)}:  ${groups(pairs)}`).join("\n");
      const title = `12:00:01.123456 IP 192.0.2.1.9200 > 192.0.2.7.${port}: UDP, length ${push.length}`;
      const texts = [
        `${title}\n${dump}`,
        `${title}\n${dump}\n${title}\n${dump}`,
        wireshark(frame.toString("hex")),
        hex,
      ];
      texts.forEach((text, i) => {
        const all = found(text);
        expect(all.length).toBe(i === 1 ? 2 : 1);
        for (const one of all) {
          expect(createDecoder("auto").decodeFound(one)).toMatchObject({ status: "OK", serverId: "dm.example.com" });
          expect(one.form).toContain(`192.0.2.1:9200 > 192.0.2.7:${port}`);
        }
      });
    }
  });

  test("by the command line, from a file and from a pipe", () => {
    const file = join(folder, "a.pcap");
    writeFileSync(file, kinds[0]![1]);
    const { code, lines } = runCli(["decode", "--secret", "s", "--in", file]);
    expect([code, JSON.parse(lines[0]!)]).toMatchObject([0, { status: "OK", digestValid: true }]);
    expect(runCli(["explain", "--in", file]).lines[0]).toBe("frame 1: capture, UDP 192.0.2.1:9200 > 192.0.2.7:2948");
  });

  test("with an IP length of 0, as cards leave it that cut packets themselves, and with a stream of 40 MB", () => {
    const [, pcap] = kinds[0]!;
    const offloaded = Buffer.from(pcap);
    offloaded.writeUInt16BE(0, 24 + 16 + 14 + 2);
    expect(createDecoder("auto").decodeFound(findInCapture(offloaded)![0]!)).toMatchObject({ status: "OK" });
    const before = process.memoryUsage().rss;
    expect(findInCapture(pcapOf(true, 4035, Buffer.alloc(40_000_000, 0x20), 30_000))!.length).toBeLessThanOrEqual(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(600_000_000);
  });

  test("cut or changed anywhere, it does no harm", () => {
    for (const [, pcap] of kinds) {
      for (const capture of [pcap, pcapngOf(pcap)]) {
        for (let at = 0; at < capture.length; at += 3) {
          const changed = Buffer.from(capture);
          changed[at]! ^= 0xff;
          findInCapture(changed);
          findInCapture(capture.subarray(0, at));
        }
      }
    }
  });
});
