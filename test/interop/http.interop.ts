import { afterEach, expect, test } from "vitest";
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../../src/wire.ts";
import { type Listener, openHttp } from "../../targets/node/net.ts";
import { addressText } from "../../targets/node/udp.ts";
import { BODIES, Inbox, needing, run } from "./programs.ts";

needing(["curl"], "curl", "curl", () => {
  let listener: Listener | undefined;
  let inbox = new Inbox();

  afterEach(async () => {
    await listener?.close();
    inbox = new Inbox();
  });

  async function open(host: string): Promise<string> {
    listener = await openHttp({ host, port: 0 }, inbox.deliver);
    return `http://${addressText(listener.host, listener.port)}/wappush`;
  }

  const TYPE = ["-H", "Content-Type: application/vnd.syncml.dm.notification"];

  test.each(["127.0.0.1", "::1"])("posts with Content-Length to %s", async host => {
    const url = await open(host);
    for (const { body } of BODIES) {
      const { stdout } = await run("curl", ["-si", ...TYPE, "--data-binary", "@-", url], body);
      expect(stdout.toString()).toMatch(/^HTTP\/1.1 204 No Content\r\n.*X-Wap-Push-Status: 400\r\n/s);
    }
    expect(inbox.messages).toEqual(BODIES.map(({ body }) => ({ contentType: CONTENT_TYPE_13, body })));
  });

  test("posts in chunks, with and without Expect", async () => {
    const url = await open("127.0.0.1");
    for (const { body } of BODIES) {
      for (const expects of [["-H", "Expect: 100-continue"], []]) {
        const args = ["-si", ...TYPE, ...expects, "-H", "Transfer-Encoding: chunked", "--data-binary", "@-", url];
        const { stdout } = await run("curl", args, body);
        expect(stdout.toString().startsWith("HTTP/1.1 100 Continue\r\n\r\n")).toBe(expects.length > 0);
        expect(stdout.toString()).toContain("HTTP/1.1 204 No Content\r\n");
        expect(inbox.messages.pop()).toEqual({ contentType: CONTENT_TYPE_13, body });
      }
    }
  });

  test("uses a connection again, and asks with OPTIONS", async () => {
    const url = await open("127.0.0.1");
    const post = ["-H", "Content-Type: application/vnd.syncml.notification", "--data-binary", "x"];
    const args = ["-sv", ...post, url, "--next", "-sv", "-X", "OPTIONS", url, "--next", "-sv", ...post, url];
    const { output, status } = await run("curl", args);
    expect(status).toBe(0);
    expect(output.match(/Re-using existing connection/g)).toHaveLength(2);
    expect(output).toContain("< X-Wap-Push-Status: 501");
    expect(inbox.messages.map(one => one.contentType)).toEqual([CONTENT_TYPE_12, CONTENT_TYPE_12]);
  });

  test("is told what is wrong", async () => {
    const url = await open("127.0.0.1");
    const codeOf = async (args: string[]) =>
      (await run("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", ...args])).stdout.toString();
    expect(await codeOf([`${url}x`])).toBe("404");
    expect(await codeOf([url])).toBe("405");
    expect(await codeOf(["-I", url])).toBe("405");
    expect(await codeOf(["-d", "x", url])).toBe("415");
    expect(await codeOf([...TYPE, "-d", "x".repeat(5000), url])).toBe("413");
    expect(await codeOf([...TYPE, "-H", "Expect: 100-continue", "-d", "x".repeat(5000), url])).toBe("413");
    expect(inbox.messages).toEqual([]);
  });
});
