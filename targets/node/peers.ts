/** Libraries of others that pkg0 uses where they are installed: loaded when they are needed, named when they are missing. */

/** The ranges of package.json's peerDependencies, as `npm install` takes them (a test compares them). */
export const PEERS = {
  "better-sqlite3": "^12.0.0",
  "csv-parse": "^7.0.0",
  pg: "^8.0.0",
  "pg-boss": "^10.4.0",
  smpp: "^0.5.1",
} as const;

/** The module `name`, or its part `name/part`. Rejects with an Error that says what to install for `purpose`. */
export async function loadPeer<T>(name: keyof typeof PEERS, purpose: string, part = ""): Promise<T> {
  try {
    return (await import(/* @vite-ignore */ name + part)) as T;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!/MODULE_NOT_FOUND$/.test(code ?? ""))
      throw new Error(`${name}, which ${purpose} needs, does not load: ${message}`);
    const range = PEERS[name].replace(/^\^/, "").replace(/(\.0)+$/, "");
    throw new Error(`${purpose} needs the package ${name}, which is not installed: npm install ${name}@${range}`);
  }
}
