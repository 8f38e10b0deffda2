/** Our reader and llhttp must agree on the end of each request of a connection. */
import { expect, test } from "vitest";
import { createHttpReceiver } from "../../src/push/http/receiver.ts";
import { OK } from "../../src/status.ts";
import { bytesOf, clock } from "../suite/bearers.ts";
import { HTTP, mutant, seed } from "../suite/bearers-mutants.ts";
import { LLHTTP_OPTIONS, LLHTTP_POST, loadLlhttp } from "./llhttp.ts";

const RUNS = Number(process.env.FUZZ_RUNS ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

const readAsLlhttp = await loadLlhttp();

/** Code and X-Wap-Push-Status of each answer, and the bodies that were delivered. */
function readAsOurs(bytes: Uint8Array): { answers: { code: number; status: number }[]; bodies: Buffer[] } {
  const answers: { code: number; status: number }[] = [];
  const bodies: Buffer[] = [];
  const receiver = createHttpReceiver(clock, {
    deliver(body, from, to) {
      bodies.push(Buffer.from(body.slice(from, to)));
      return OK;
    },
    reply(out, from, to) {
      const text = Buffer.from(out.subarray(from, to)).toString("latin1");
      const code = Number(text.slice(9, 12));
      const status = Number(/^X-Wap-Push-Status: (\d+)/m.exec(text)?.[1] ?? 0);
      if (code !== 100) answers.push({ code, status });
    },
  });
  receiver.receive(bytes, 0, bytes.length);
  return { answers, bodies };
}

/** The difference between both framings of `text`, up to a refusal of ours; "" when there is none. */
function difference(text: string): string {
  const bytes = bytesOf(text);
  const { answers, bodies } = readAsOurs(bytes);
  const framed = readAsLlhttp(bytes);
  for (const [i, { code, status }] of answers.entries()) {
    const other = framed[i];
    if (code !== 204) {
      if (other?.isComplete !== true) return ""; // refused by both, or only by ours
      continue;
    }
    if (other?.isComplete !== true) return `request ${i} is none for llhttp`;
    const isPost = status === 400 || status === 256;
    if (other.method !== (isPost ? LLHTTP_POST : LLHTTP_OPTIONS)) return `request ${i} has another method`;
    if (!isPost) continue;
    const body = bodies.shift()!;
    // in application/http, Package #0 is the end of the inner message
    const isSame = other.body.equals(body) || (other.body.includes("HTTP/1.") && other.body.includes(body));
    if (!isSame) return `request ${i} has another body`;
  }
  return "";
}

const TYPE = "Host: d\r\nContent-Type: application/vnd.syncml.dm.notification\r\n";
const POST = `POST /wappush HTTP/1.1\r\n${TYPE}`;
const NEXT = `${POST}Content-Length: 4\r\n\r\nnext`;
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;

test.each([
  `${POST}Content-Length: 0000000004\r\n\r\nbody`,
  `${POST}Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody`,
  `${POST}Content-Length: 4\r\nContent-Length: 40\r\n\r\nbody`,
  `${POST}Content-Length: 4, 4\r\n\r\nbody`,
  `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: \tchunked \r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  `${POST}X: a\nContent-Length: 4\r\n\r\nbody`,
  `${POST}X: a\rContent-Length: 4\r\n\r\nbody`,
  `${POST}X: a\r\r\nContent-Length: 4\r\n\r\nbody`,
  `${POST}Content-Length: 4\n\nbody`,
  `${POST}Content-Length: 4\r\n\nbody`,
  `${POST}Content-Length\x00: 4\r\n\r\nbody`,
  `${POST}Content-Length: 4\x00\r\n\r\nbody`,
  `${POST}: 4\r\nContent-Length: 4\r\n\r\nbody`,
  `${CHUNKED}0000004\r\nbody\r\n00000\r\n\r\n`,
  `${CHUNKED}4;a=b\r\nbody\r\n0;c\r\n\r\n`,
  `${CHUNKED}4;a="b;c"\r\nbody\r\n0\r\n\r\n`,
  `${CHUNKED}4;a="\r\nbody\r\n0\r\n\r\n`,
  `${CHUNKED}4 \r\nbody\r\n0\r\n\r\n`,
  `${CHUNKED}4\nbody\r\n0\r\n\r\n`,
  `${CHUNKED}4\r\nbody\n0\r\n\r\n`,
  `${CHUNKED}4\r\nbodyX\r\n0\r\n\r\n`,
  `${CHUNKED}4\r\nbody\r\n0\r\nA: b\r\nC: d\r\n\r\n`,
  `${CHUNKED}4\r\nbody\r\n0\r\nA: b\n\r\n`,
  `${CHUNKED}4\r\nbody\r\n0\r\nA b\r\n\r\n`,
  `${CHUNKED}4\r\nbody\r\n0\r\n A: b\r\n\r\n`,
  `${CHUNKED}4\r\nbody\r\n0\r\nContent-Length: 9\r\n\r\n`,
  `${CHUNKED}100000000000000004\r\nbody\r\n0\r\n\r\n`,
  `${CHUNKED}0x4\r\nbody\r\n0\r\n\r\n`,
  `${CHUNKED}+4\r\nbody\r\n0\r\n\r\n`,
  `POST /wappush HTTP/1.0\r\n${TYPE}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `POST /wappush HTTP/1.0\r\n${TYPE}Content-Length: 4\r\n\r\nbody`,
  `POST  /wappush HTTP/1.1\r\n${TYPE}Content-Length: 4\r\n\r\nbody`,
  `POST /wappush  HTTP/1.1\r\n${TYPE}Content-Length: 4\r\n\r\nbody`,
  `POST /wappush HTTP/1.1 \r\n${TYPE}Content-Length: 4\r\n\r\nbody`,
  `POST /wap\x80push HTTP/1.1\r\n${TYPE}Content-Length: 4\r\n\r\nbody`,
  `\r\n\r\n${POST}Content-Length: 4\r\n\r\nbody`,
  `${POST}Content-Length: 4\r\nConnection: close\r\n\r\nbody`,
  "OPTIONS * HTTP/1.1\r\nHost: d\r\n\r\n",
])("framed alike, or refused by us: %j", text => {
  expect(difference(text + NEXT)).toBe("");
  // a request that we take is one of these; it must never contain the next request
  for (const body of readAsOurs(bytesOf(text + NEXT)).bodies) expect(["body", "", "next"]).toContain(body.toString());
});

test(`${RUNS} changed connections are framed alike, or refused by us; seed ${SEED}`, { timeout: 3_600_000 }, () => {
  seed(SEED);
  let taken = 0;
  for (let i = 0; i < RUNS; i++) {
    const text = mutant(HTTP);
    const what = difference(text);
    if (what !== "") expect.fail(`${what}: ${JSON.stringify(text)}`);
    taken += readAsOurs(bytesOf(text)).bodies.length;
  }
  expect(taken).toBeGreaterThan(RUNS / 20);
});
