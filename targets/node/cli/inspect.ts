/** `pkg0 inspect`: the page that shows every byte. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { command } from "./command.ts";
import { print } from "./output.ts";

/** dist/inspector.html is in the folder of the command line. */
const PAGE = new URL("./inspector.html", import.meta.url);

export const inspect = command({
  about: "the page that shows every byte of a message, edits its fields and builds new ones",
  options: {
    port: {
      kind: "number",
      min: 0,
      max: 65535,
      about:
        "serve the page on this TCP port of 127.0.0.1 until interrupted, for a browser on another machine; 0 = any",
    },
  },
  notes: [
    "Without --port the address of the file is printed: open it in a browser. The page works offline, and may load and send nothing: what is pasted into it stays there.",
  ],
  examples: ["pkg0 inspect", "pkg0 inspect --port 8080    # then: ssh -L 8080:127.0.0.1:8080 HOST"],
  async run({ port }) {
    if (port === undefined) print(PAGE.href);
    else await serve(port);
    return 0;
  },
});

/** Resolves when the user ends it. */
async function serve(port: number): Promise<void> {
  const page = readFileSync(PAGE);
  const server = createServer((request, response) => {
    const isPage = request.method === "GET" && request.url === "/";
    response.writeHead(isPage ? 200 : 404, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
    response.end(isPage ? page : "");
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  print(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  server.closeAllConnections();
  server.close();
}
