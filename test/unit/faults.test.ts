/** Faults that public implementations of DM 1.2 notifications have or had, and that this client must not share. */
import { describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { createMockHal, type MockHal } from "../../targets/mock/hal.ts";
import { deliver, deviceOf } from "../suite/device.ts";
import { DM_ACC, NONCE, octets, push12, SERVER_ID, write12 } from "../suite/messages.ts";

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

function device(account: Partial<pkg0.DmAcc> = {}): { hal: MockHal; client: pkg0.Client } {
  const hal = createMockHal();
  const client = deviceOf(pkg0, hal, {});
  client.addAccount({ ...DM_ACC, ...account });
  return { hal, client };
}

describe("not shared with AOSP and Samsung", () => {
  test("a server id longer than the message is not read beyond its end", () => {
    const { client } = device();
    const inside = new Uint8Array(64).fill(0x41);
    inside.set(bytesOf("00112233445566778899aabbccddeeff 02d8000000 0001 ff"));
    expect(client.receiveBody(inside, 0, 24, pkg0.CONTENT_TYPE_12, pkg0.VIA_UDP)).toBe(pkg0.SERVER_ID_CUT);
    expect(client.at).toBe(23);
  });

  test("a trigger longer than 255 bytes is hashed to its end", () => {
    const { hal } = device();
    const long = push12({ sessionId: 1, vendorInfo: new Uint8Array(300).fill(7) }, NONCE);
    const changed = Uint8Array.from(long);
    changed[changed.length - 1]! ^= 1;
    expect(deliver(hal, changed)).toBe(pkg0.DIGEST_WRONG);
    expect(deliver(hal, long)).toBe(pkg0.OK);
    expect(hal.started[0]?.vendorInfo).toHaveLength(300);
  });

  test.each([false, true])("a bad digest starts no session, resynchronisation %s", nonceResync => {
    const { hal, client } = device({ nonceResync });
    const writes = hal.storage.writes;
    const bad = push12({ sessionId: 1 }, octets("not the nonce"));
    for (const uiMode of [0, 1, 2, 3]) {
      expect(deliver(hal, push12({ sessionId: 1, uiMode }, octets("not the nonce")))).toBe(pkg0.DIGEST_WRONG);
    }
    bad.fill(0, 6, 22);
    expect(deliver(hal, bad), "a digest of zeros").toBe(pkg0.DIGEST_WRONG);
    client.resume();
    expect([hal.started, hal.informed, hal.confirmed]).toEqual([[], [], []]);
    expect(hal.storage.writes).toBe(writes);
  });
});

describe("not shared with libdmclient", () => {
  test("the session id is not byte-swapped", () => {
    const { hal } = device();
    deliver(hal, push12({ sessionId: 0x0102 }, NONCE));
    expect(hal.started[0]?.sessionId).toBe("102");
  });

  test("nothing is begun before the digest was checked", () => {
    const { hal } = device();
    const order: string[] = [];
    const { save } = hal.storage;
    hal.hash = {
      md5(message) {
        order.push("digest");
        return pkg0Md5(message);
      },
    };
    const client = pkg0.createClient(hal, { onVerdict: status => order.push(pkg0.statusName(status)) });
    hal.storage.save = (key, bytes) => {
      order.push("save");
      return save(key, bytes);
    };
    hal.onStart = () => order.push("session");
    const push = push12({ sessionId: 1 }, NONCE);
    client.receivePush(push, 0, push.length, pkg0.VIA_UDP);
    expect(order).toEqual(["digest", "digest", "digest", "save", "save", "OK", "session"]);
  });

  test("after a try of the nonce of resynchronisation all still works", () => {
    const { hal } = device({ nonceResync: true });
    for (let i = 0; i < 3; i++) {
      expect(deliver(hal, push12({ sessionId: 1 }, octets("wrong")))).toBe(pkg0.DIGEST_WRONG);
    }
    expect(deliver(hal, push12({ sessionId: 1 }, NONCE))).toBe(pkg0.OK);
    expect(hal.started[0]?.renewNonces).toBe(false);
    expect(deliver(hal, push12({ sessionId: 2 }, new Uint8Array(4)))).toBe(pkg0.OK);
    expect(hal.started[1]?.renewNonces).toBe(true);
  });

  test("resynchronisation is four zero octets, not their names in ASCII", () => {
    const { hal } = device({ nonceResync: true });
    for (const nonce of ["0x00000000", "0000", "00000000"]) {
      expect(deliver(hal, push12({ sessionId: 1 }, octets(nonce)))).toBe(pkg0.DIGEST_WRONG);
    }
  });
});

describe("not shared with Funambol and libsynthesis", () => {
  test("the length of a server id counts bytes", () => {
    const serverId = new TextEncoder().encode("döm.example");
    const { hal, client } = device();
    client.addAccount({ ...DM_ACC, serverId: "döm.example" });
    const message = { sessionId: 1, serverId, name: serverId };
    expect(write12(message, NONCE)[23]).toBe(12);
    expect(deliver(hal, push12(message, NONCE))).toBe(pkg0.OK);
  });

  test("a nonce does not end at a NUL", () => {
    const nonce = Uint8Array.of(1, 0, 2, 0, 0, 3);
    const { hal, client } = device();
    client.saveNonce(SERVER_ID, nonce);
    expect(deliver(hal, push12({ sessionId: 1 }, nonce.subarray(0, 1)))).toBe(pkg0.DIGEST_WRONG);
    expect(deliver(hal, push12({ sessionId: 1 }, nonce))).toBe(pkg0.OK);
  });
});

describe("published bytes", () => {
  const nokia = (digest: string, content: string) =>
    bytesOf(`${digest} 0318000000000012 504320537569746520446174612053796e63 1060000000 08 ${content}`);
  const pushes = [
    nokia("0179ab671b68f26698269b4ca78222ad", "436f6e7461637473"),
    nokia("65adf16b1feed840028683cfc8226b8b", "43616c656e646172"),
  ];
  const PC_SUITE: pkg0.DmAcc = {
    serverId: "PC Suite Data Sync",
    appAuth: [{ aauthLevel: "SRVCRED", aauthSecret: "", aauthData: new Uint8Array(0) }],
  };

  test.each(pushes)("of Nokia: the digest with an empty password and nonce is right", push => {
    const out = new Uint8Array(16);
    const none = new Uint8Array(0);
    const scratch = new Uint8Array(pkg0.DIGEST12_SCRATCH_BYTES);
    const name = octets(PC_SUITE.serverId);
    pkg0.computeDigest12(pkg0.createMd5(), name, none, none, push, 16, push.length, out, 0, scratch);
    expect(out).toEqual(push.slice(0, 16));
  });

  test.each(pushes)("of Nokia: a data-sync alert with session id 0 starts nothing", push => {
    const { hal, client } = device();
    client.addAccount(PC_SUITE);
    expect(client.receiveBody(push, 0, push.length, pkg0.CONTENT_TYPE_12, 1)).toBe(pkg0.SESSION_ID_ZERO);
    expect(hal.started).toEqual([]);
  });

  test("of Nokia, with a session id: accepted under the empty password and nonce where the account allows it", () => {
    const { hal, client } = device();
    client.addAccount({ ...PC_SUITE, allowEmptySecret: true });
    const name = octets(PC_SUITE.serverId);
    const message = { sessionId: 9, serverId: name, name, secret: new Uint8Array(0), versionTenths: 12 };
    const push = push12(message, new Uint8Array(0));
    expect(deliver(hal, push)).toBe(pkg0.OK);
    expect(deliver(hal, push)).toBe(pkg0.DUPLICATE);
  });

  test("of Red Bend: read up to the digest, whose secret nobody knows", () => {
    const { hal, client } = device();
    client.addAccount({ ...DM_ACC, serverId: "synchronica" });
    const push = bytesOf("010603C4AF87 B65CA19A9BE46FA41535FB12CDA6CC14 02D800000000010B 73796E6368726F6E696361");
    expect(deliver(hal, push)).toBe(pkg0.DIGEST_WRONG);
    expect(client.at).toBe(6);
  });
});

function pkg0Md5(message: Uint8Array): Uint8Array {
  const md5 = pkg0.createMd5();
  const out = new Uint8Array(16);
  md5.start();
  md5.add(message, 0, message.length);
  md5.end(out, 0);
  return out;
}
