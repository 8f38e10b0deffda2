/** Kannel on free ports of 127.0.0.1: a bearerbox, and behind it a smsbox or a wapbox. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts, type Started, start } from "./programs.ts";

export interface KannelOptions {
  /** A directory for the configuration file. */
  directory: string;
  box: "smsbox" | "wapbox";
  /** More lines of the group `core`. */
  core?: string;
  /** The other groups, whose HTTP server is to listen on `port`. */
  groups: (port: number) => string;
  /** Resolves once the bearerbox can take a box; the box is started then. */
  ready: (bearerbox: Started) => Promise<void>;
}

/** Starts both programs until the test's end. `port` is that of the HTTP server in `groups`. */
export async function startKannel(options: KannelOptions): Promise<{ bearerbox: Started; box: Started; port: number }> {
  const [adminPort, boxPort, port] = await freePorts(3);
  const config = join(options.directory, "kannel.conf");
  writeFileSync(
    config,
    `group = core
admin-port = ${adminPort}
admin-password = pkg0
admin-interface = 127.0.0.1
${options.box}-port = ${boxPort}
box-allow-ip = "127.0.0.1"
${options.core ?? ""}

${options.groups(port!)}`,
  );
  const bearerbox = start("bearerbox", ["-v", "0", config]);
  await options.ready(bearerbox);
  const box = start(options.box, ["-v", "0", config]);
  return { bearerbox, box, port: port! };
}
