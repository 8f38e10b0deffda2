/** One process at a time in a directory: two would overwrite each other's records, and start each session twice. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { createServer } from "node:net";

/**
 * Takes the existing `directory` for this process, until it ends in whatever way: the system itself gives back a name in
 * the abstract name space of Linux, or of a Windows pipe; other systems have none, and there nothing is taken. Resolves to
 * what gives it back; rejects when another process has it.
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const name = `pkg0-${createHash("sha256").update(realpathSync(directory)).digest("hex")}`;
  const paths: { [platform: string]: string } = { linux: `\0${name}`, win32: `\\\\.\\pipe\\${name}` };
  const path = paths[process.platform];
  if (path === undefined) return () => {};
  const server = createServer(socket => socket.destroy()).listen(path);
  try {
    await once(server, "listening");
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    throw isTaken ? new Error(`${directory}: another process has it`) : error;
  }
  server.unref(); // alone it is no reason to go on
  return () => server.close();
}
