/** The parameters of the conformance tests: they run on the sources, on a bundle, and on a build with a planted fault. */
import type { MockHal } from "../../targets/mock/hal.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { NONCE, SECRET12, SECRET13, SERVER_ID } from "../twin/write.ts";

export type Pkg0 = typeof import("../../src/index.ts");
export type Node = typeof import("../../targets/node/index.ts");

export interface UnderTest {
  pkg0: Pkg0;
  node: Node;
  /** Runs the command line; its lines on standard output. */
  cli(args: string[], input?: string): Promise<{ code: number | null; lines: string[] }>;
}

/** Takes one test: the line of Appendix B that it proves, what it shows, and how. */
export type Check = (line: string, name: string, run: () => void | Promise<void>) => void;

/** The account of most tests, and a clock at the time of the usual message. */
export const NOW = 1_700_000_000;
export const DM_ACC = {
  serverId: SERVER_ID,
  appAddr: [{ addr: "https://dm.example/dm" }],
  appAuth: [
    { aauthLevel: "NOTICRED", aauthSecret: SECRET13 },
    { aauthLevel: "SRVCRED", aauthName: SERVER_ID, aauthSecret: SECRET12, aauthData: NONCE },
  ],
};

type Client = ReturnType<Pkg0["createClient"]>;
type Options = NonNullable<Parameters<Pkg0["createClient"]>[1]>;

export interface Device {
  hal: MockHal;
  client: Client;
  /** The name of the verdict on one datagram. */
  deliver(push: Uint8Array): string;
  /** The SessionIDs in the order of their start. */
  sessions(): string[];
}

/** A client with DM_ACC on a board in memory. */
export function deviceOf({ pkg0 }: UnderTest, options: Options = {}, dmAcc: object = DM_ACC): Device {
  const hal = createMockHal();
  hal.posix = NOW;
  const client = pkg0.createClient(hal, {
    ...{ pendingMax: 64, rememberedMax: 64 },
    sms: store => pkg0.createSmsReceiver(hal.clock, { store }),
    ...options,
  });
  client.open();
  client.addAccount(dmAcc as Parameters<Client["addAccount"]>[0]);
  return {
    hal,
    client,
    deliver: push => pkg0.statusName(hal.deliver(push, 0, push.length)),
    sessions: () => hal.started.map(request => request.sessionId),
  };
}
