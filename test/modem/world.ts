/** Random events from a seed for law.test.ts: those of a network, of other programs and of a modem. */
import { encode, pushOf } from "../../targets/codec/index.ts";
import { shuffle } from "../random.ts";
import type { Quirks } from "./emulator.ts";
import { deliverTpdu, fromHex, partsOf, TEXT_TPDU, toHex } from "./tpdu.ts";

type Random = (below: number) => number;

export const SERVER_ID = "dm.example.com";
export const SECRET = "secret";
const NUMBERS = ["447700900123", "447700900124", "49151123456", "2948"];

function pick<T>(values: readonly T[], random: Random): T {
  return values[random(values.length)]!;
}

const REFUSALS = [
  "+CMS ERROR: 321",
  "+CME ERROR: 4",
  "+EXT ERROR: 0",
  "ERROR",
  "TOO MANY PARAMETERS",
  "COMMAND NOT SUPPORT",
  "MODEM ERROR: 5",
  "NA",
  "NO CARRIER",
  "NO ANSWER",
  "NO DIALTONE",
  "BUSY",
];

/** A modem with some of the quirks of real ones. */
export function randomQuirks(random: Random): Quirks {
  const quirks: Quirks = { capacity: 60, refusal: pick(REFUSALS, random) };
  const some = (one: Quirks, chance = 4) => random(chance) === 0 && Object.assign(quirks, one);
  some({ isEchoStubborn: true });
  some({ hasCsms: true });
  some({ memories: ["SM", "ME"] });
  some({ cmglField: pick(["0,", '0,"b, 7",'], random) });
  some({ hasBlanks: true });
  some({ isNumeric: true });
  some({ isQuiet: true });
  some({ simSeconds: random(120) });
  some({ boot: pick([[], ["RDY"], ["^SYSSTART", "+CPIN: READY", "SMS Ready"]], random) });
  const takesCnmi: NonNullable<Quirks["takesCnmi"]>[] = [
    () => false,
    mode => mode === 1,
    (_mode, _mt, _bm, _ds, bfr) => bfr === 1,
  ];
  some({ takesCnmi: pick(takesCnmi, random) }, 2);
  some({ cnmiParametersMax: 2 + random(3) });
  some({
    deaf: pick(
      [/CNMI/, /CSMS/, /CSMS|CNMI/, /ATE|ATV/, quirks.memories === undefined ? /CPMS/ : /CMGF/, /CMGD=3$/],
      random,
    ),
  });
  const slow = pick([() => 2, () => random(4), (text: string) => (/CMGL/.test(text) ? 10 + random(11) : 0)], random);
  some({ seconds: slow });
  some(pick([{ countsSmsc: true }, { hasSmsc: false }, { countsSmsc: true, smsc: "00" }], random));
  some({
    between: () => (random(3) === 0 ? pick(["^RSSI: 9\r\n\r\n", "RING\r\n\r\n", "+CREG: 1\r\n\r\n"], random) : ""),
  });
  some({ lineEnd: pick(["\r", "\n"], random) });
  some({ needsCsms: true });
  some({ mishap: () => (random(40) === 0 ? pick([null, 3, 20], random) : 0) });
  return quirks;
}

export interface Genuine {
  sessionId: string;
  tpdus: Uint8Array[];
}

/** A notification that the device's server signed, in 1 to 4 short messages. */
export function genuineMessage(index: number, random: Random): Genuine {
  const sessionId = (0x1000 + index).toString(16).toUpperCase();
  const length = pick([0, 0, 60, 150, 300], random);
  const fields = { sessionId, serverId: SERVER_ID, requestedMo: [1], timestamp: 1_700_000_000 + index };
  const { bytes, contentType } = encode(
    { ...fields, ...(length > 0 && { vendorInfo: "v".repeat(length) }) },
    { secret: SECRET },
  );
  const parts = partsOf(pushOf(bytes, contentType, index & 255), random(256), random(4) === 0);
  const number = pick(NUMBERS, random);
  return { sessionId, tpdus: parts.map(part => deliverTpdu(number, part, random(60))) };
}

/** A message for another program or for nobody, in the modem's memory; `status` is its <stat>. */
export interface Foreign {
  pdu: string;
  length: number;
  status: number;
}

const PORTS = "0605040b8423f0";
const HEADERS_85 = `55${"1f536170706c69636174696f6e2f766e642e7761702e636f6e6e65637469766974792d7762786d6c0091819230".padEnd(170, "31")}`;

/** Messages of others, each of a kind that has been deleted once. */
export function foreignMessages(random: Random): Foreign[] {
  const tpdus = shuffle(
    [
      ["a text", [TEXT_TPDU]],
      ["a text from 21 digits", [fromHex(`0415914477000901234567890f3200006211322100000005e8329bfd06`)]],
      ["8 bits without a port, cut", [fromHex("040c914477009010320004621132210000008c0102030405")]],
      ["another port", [deliverTpdu(NUMBERS[0]!, fromHex("0605040b8523f0010603ae0000"))]],
      ["a status report", [fromHex("0606079144770090106211322100000062113221000000000000")]],
      ["MMS", [fromHex(MMS)]],
      [
        "MMS, a type with parameters and long headers",
        [ported(`01062b${"1f28".padEnd(4)}be${"84".padEnd(78, "30")}00af84`)],
      ],
      ["confirmed push", [ported("010703beaf848c82")]],
      ["service indication", [ported("010603ae0000")]],
      ["headers of 85 octets", [ported(`0106${HEADERS_85}`)]],
      ["a type of our kind for another application", [ported("010603d8af86")]],
      ["MMS in 2 parts", parts("010603beaf84", 200)],
      ["provisioning in 9 parts", parts("010603b6af84", 9 * 128 - 20)],
    ] as [string, Uint8Array[]][],
    random,
  ).slice(0, 3 + random(6));
  const stored = tpdus.flatMap(([, all]) => all.map(tpdu => foreign(tpdu, random(2))));
  const submit = fromHex("41000c914477009010320004080605040b8423f0aa");
  if (random(2) === 0) stored.push(foreign(submit, 2 + random(2)));
  // a received one that a program has saved as sent
  if (random(2) === 0) stored.push(foreign(genuineMessage(0xf00, random).tpdus[0]!, 3));
  return shuffle(stored, random);

  function parts(start: string, length: number): Uint8Array[] {
    const push = Uint8Array.from({ length }, (_, i) => i * 3);
    push.set(fromHex(start));
    const number = pick(NUMBERS, random);
    return partsOf(push, random(256)).map(part => deliverTpdu(number, part));
  }
}

/** MMS notification of field case 1. */
const MMS = "440b914477009010f0000462113221000000200605040b8423f0010603beaf848c82987431008d908302687474703a2f2f6100";

function ported(push: string): Uint8Array {
  return deliverTpdu(NUMBERS[0]!, fromHex(PORTS + push));
}

function foreign(tpdu: Uint8Array, status: number): Foreign {
  return { pdu: `00${toHex(tpdu)}`, length: tpdu.length, status };
}
