/** The commands of the command line. A new command is a file of its own and a row here. */
import { campaign } from "./campaign.ts";
import type { Command } from "./command.ts";
import { completionCommand } from "./completion.ts";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { explain } from "./explain.ts";
import { inspect } from "./inspect.ts";
import { listen } from "./listen.ts";
import { send } from "./send.ts";
import { status } from "./status.ts";
import { wireshark } from "./wireshark.ts";

export const COMMANDS: { readonly [name: string]: Command } = {
  decode,
  explain,
  inspect,
  encode,
  send,
  campaign,
  listen,
  status,
  wireshark,
  completion: completionCommand(() => COMMANDS),
};
