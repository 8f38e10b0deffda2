/** The device of the client's checks: a client on a mock board. In the device dialect. */
import type { MockHal } from "../../targets/mock/hal.ts";
import type { Pkg0 } from "./api.ts";
import { DM_ACC } from "./messages.ts";

type Options = import("../../src/client/options.ts").ClientOptions;
export type ClientApi = Pick<Pkg0, "createClient">;
export type Client = ReturnType<ClientApi["createClient"]>;

export const NOW = 1700000000;

/** A client that knows DM_ACC, on a board whose clock says NOW. */
export function deviceOf(pkg0: ClientApi, hal: MockHal, options: Options): Client {
  hal.posix = NOW;
  const client = pkg0.createClient(hal, options);
  client.open();
  client.addAccount(DM_ACC);
  return client;
}

export function deliver(hal: MockHal, message: Uint8Array): number {
  return hal.deliver(message, 0, message.length);
}

/** Numbers or texts with commas between them. */
export function list(values: ArrayLike<string | number>): string {
  let text = "";
  for (let i = 0; i < values.length; i++) text += `${i > 0 ? "," : ""}${values[i]}`;
  return text;
}
