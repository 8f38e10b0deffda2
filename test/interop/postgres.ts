/** Starts a PostgreSQL of its own on loopback, in a temporary directory. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./programs.ts";

/** The directory of initdb and postgres: from PATH, or Debian's; undefined when there is none. */
export function findPostgres(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map(version => join(debian, version, "bin")) : [];
  const directories = [...(process.env.PATH ?? "").split(":"), ...versions];
  return directories.find(
    directory => existsSync(join(directory, "initdb")) && existsSync(join(directory, "postgres")),
  );
}

export interface Postgres {
  url: string;
  close(): Promise<void>;
}

export async function startPostgres(directory: string): Promise<Postgres> {
  const data = mkdtempSync(join(tmpdir(), "pkg0-postgres-"));
  const user = ordinaryUser();
  if (user.uid !== undefined && user.gid !== undefined) chownSync(data, user.uid, user.gid);
  // C.UTF-8 needs no installed locale; the data does not outlive the test, so nothing is synced
  const init = ["-D", data, "-U", "pkg0", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  const made = spawnSync(join(directory, "initdb"), init, { ...user, cwd: data, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const [port] = await freePorts(1);
  const settings = { listen_addresses: "127.0.0.1", port, fsync: "off", unix_socket_directories: "" };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(join(directory, "postgres"), ["-D", data, ...options], {
    ...user,
    cwd: data,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await ready(child);
  return {
    url: `postgres://pkg0@127.0.0.1:${port}/postgres`,
    async close() {
      child.kill("SIGQUIT");
      if (child.exitCode === null) await once(child, "exit");
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root; then it runs as the user that Debian's package creates. */
function ordinaryUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: id("-u"), gid: id("-g") };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr!.on("data", piece => {
      log += piece;
      if (/ready to accept connections/.test(log)) resolve();
    });
    child.once("exit", code => reject(new Error(`postgres ended with ${code}: ${log}`)));
  });
}
