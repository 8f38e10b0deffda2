/** Optional npm libraries: loaded when they are needed, and named in the error when they are missing. */

/** The ranges of package.json's peerDependencies, as `npm install` takes them (a test compares them). */
export const PEERS = {
  "better-sqlite3": "^12.0.0",
  "csv-parse": "^7.0.0",
  "node-sqlite3-wasm": "^0.8.60",
  pg: "^8.0.0",
  "pg-boss": "^10.4.0",
  smpp: "^0.5.1",
} as const;

export type PeerName = keyof typeof PEERS;

/** Imports the module `name`, or its part `name/part`. Rejects with an Error that says what to install for `purpose`. */
export async function loadPeer<T>(name: PeerName, purpose: string, part = ""): Promise<T> {
  const module = await findPeer<T>(name, purpose, part);
  if (module !== undefined) return module;
  throw new Error(`${purpose} needs the package ${name}, which is not installed: npm install ${installable(name)}`);
}

/** Like loadPeer, but undefined when the library is not installed. */
export async function findPeer<T>(name: PeerName, purpose: string, part = ""): Promise<T | undefined> {
  try {
    return (await import(/* @vite-ignore */ name + part)) as T;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (/MODULE_NOT_FOUND$/.test(code ?? "")) return undefined;
    throw new Error(`${name}, which ${purpose} needs, does not load: ${message}`);
  }
}

/** A package with its range as one types it: "pg@8". */
export function installable(name: PeerName): string {
  return `${name}@${PEERS[name].replace(/^\^/, "").replace(/(\.0)+$/, "")}`;
}
