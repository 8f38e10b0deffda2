import { describe, expect, test } from "vitest";
import { ACCOUNT_INVALID, OK, STORE_CORRUPT } from "../../src/status.ts";
import { addAccountJson, type DmAccJson, parseJson, startDevice } from "../../targets/device.ts";
import { createRandom } from "../random.ts";
import { createHostPort } from "./host-functions.ts";
import { ACCOUNT, pushOf } from "./tty.ts";

function deviceOn(port: ReturnType<typeof createHostPort>, lines: string[] = []) {
  const board = port.start();
  board.log = line => void lines.push(line);
  const device = startDevice(board, { accounts: [structuredClone(ACCOUNT)] });
  return { board, device, whenArrived: () => port.whenArrived(() => {}) };
}

describe("a device", () => {
  test("adds accounts once: what a session has stored since stays", () => {
    const port = createHostPort();
    const first = deviceOn(port);
    expect(first.device.client.addAccount({ ...ACCOUNT, name: "changed since" })).toBe(OK);
    const again = deviceOn(port);
    expect(again.device.client.listAccounts().map(one => one.name)).toEqual(["changed since"]);
  });

  test("takes an account that is frozen, as constants in flash are", () => {
    const { device } = deviceOn(createHostPort());
    const frozen = Object.freeze({
      serverId: "frozen.example",
      appAuth: [Object.freeze({ aauthLevel: "SRVCRED", aauthSecret: "pw", aauthData: "bm9uY2U=" })],
    });
    expect(addAccountJson(device.client, frozen as unknown as DmAccJson)).toBe(OK);
    const [, added] = device.client.listAccounts();
    expect(Buffer.from(added!.appAuth[0]!.aauthData!).toString()).toBe("nonce");
    expect(frozen.appAuth[0]!.aauthData).toBe("bm9uY2U=");
  });

  test("takes no account of another shape, and throws nothing", () => {
    const { device } = deviceOn(createHostPort());
    const texts = [
      "{}",
      "[]",
      "1",
      "null",
      '"x"',
      '{"appAuth":1}',
      '{"appAuth":[null]}',
      '{"serverId":1,"appAuth":[{}]}',
    ];
    texts.push('{"serverId":"a","appAuth":[{"aauthLevel":"SRVCRED","aauthData":7}]}', "{");
    texts.push('{"serverId":"a","appAuth":[{"aauthLevel":"SRVCRED","aauthData":"no base64!"}]}');
    for (const text of texts) {
      expect(addAccountJson(device.client, parseJson(text) as DmAccJson), text).toBe(ACCOUNT_INVALID);
    }
    expect(device.client.listAccounts().length).toBe(1);
  });

  test("stands garbage on every receiver and in every record, and works afterwards", () => {
    const port = createHostPort();
    port.setClock!(Math.floor(Date.now() / 1000));
    const random = createRandom(7);
    const lines: string[] = [];
    let { device, whenArrived } = deviceOn(port, lines);
    for (let round = 0; round < 2000; round++) {
      const bytes = Uint8Array.from({ length: random(1300) }, () => random(256));
      if (random(3) > 0) bytes.set(pushOf(1).subarray(0, random(40)).subarray(0, bytes.length));
      [port.datagram!, port.tpdu!, port.serialIn!][random(3)]!(bytes);
      whenArrived();
      device.tick();
      if (round % 500 === 499) {
        port.corrupt!(["acc0b", "adm0b"][random(2)]!);
        ({ device, whenArrived } = deviceOn(port, lines));
      }
    }
    expect(port.sessions!()).toBe(0);
    device.client.removeAccount(ACCOUNT.serverId);
    expect([OK, STORE_CORRUPT]).toContain(device.client.addAccount(structuredClone(ACCOUNT)));
    port.datagram!(pushOf(2));
    whenArrived();
    expect(port.sessions!()).toBe(1);
  });
});
