/** Tests dist/inspector.html from disk in a real Chromium. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { decode, encode, hexOf, pushOf } from "../../targets/codec/index.ts";

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"].find(isOnPath);
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const GOOD =
  "010603d8af8717500000003c12346553f100100c6d676d742e6578616d706c653001014001024f428dec4600bb36ea3b1475285d75af13f332d9cbff0224776c3ae75a2b845a";

if (CHROMIUM === undefined) console.log("skipped: the page in Chromium (no chromium on PATH)");

describe.runIf(CHROMIUM !== undefined)("the page in Chromium", () => {
  const profile = mkdtempSync(join(tmpdir(), "pkg0-chromium-"));
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: execFileSync("which", [CHROMIUM as string], { encoding: "utf8" }).trim(),
      args: [...FLAGS, "--disable-component-update", "--disable-sync"],
    });
    page = await browser.newPage();
    page.on("pageerror", error => faults.push(String(error)));
    page.on("console", message => message.type() === "error" && faults.push(message.text()));
    page.on("request", request => asked.push(request.url()));
    await page.goto(`file://${resolve("dist/inspector.html")}`);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  const verdict = () => page.locator("#verdict").textContent();
  const bytes = () => page.locator("#bytes button");

  test("a push that is pasted is read, and its digest is judged with the secret", async () => {
    await page.fill("#input", GOOD);
    expect(await verdict()).toMatch(/^OK, from hex, read as push; enter the AAuthSecret/);
    expect(await bytes().count()).toBe(GOOD.length / 2);
    await page.fill("#secret", "wrong");
    expect(await verdict()).toMatch(/^DIGEST_WRONG at byte 38/);
    expect(await page.locator("#bytes button.wrong").count()).toBe(1);
    await page.fill("#secret", "secret13");
    expect(await verdict()).toBe("OK, from hex, read as push; the digest is right.");
  });

  test("a byte shows its field and section, and a field its bytes", async () => {
    await page.locator("#bytes button").nth(12).hover();
    expect(await page.locator("#pointed").textContent()).toContain("§6.4.8");
    await page.locator("#fields button", { hasText: "Server-ID" }).last().hover();
    const pointed = await page.locator("#bytes button.pointed").allTextContents();
    expect(pointed.join("")).toContain("6d676d742e6578616d706c65");
  });

  test("the arrow keys move through the bytes", async () => {
    await page.locator("#bytes button").first().focus();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "End", "Home", "ArrowDown"])
      await page.keyboard.press(key);
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toMatch(/^byte 8, /);
  });

  test("a field that is edited changes the bytes, signed anew", async () => {
    expect(await page.inputValue("#field-serverId")).toBe("mgmt.example");
    await page.fill("#field-sessionId", "BEEF");
    const [hex] = await page.locator("#outputs pre").allTextContents();
    const changed = decode(Uint8Array.from(Buffer.from(hex!, "hex")), "auto", { secret: "secret13" });
    expect(changed).toMatchObject({ status: "OK", sessionId: "BEEF", serverId: "mgmt.example", digestValid: true });
  });

  test("what cannot be built says why, at its field", async () => {
    await page.fill("#field-timeout", "65536");
    expect(await page.locator("#refusal").textContent()).toMatch(/timeout/);
    expect(await page.locator("#field-timeout").getAttribute("aria-invalid")).not.toBeNull();
    await page.fill("#field-timeout", "60");
    expect(await page.locator("#refusal").textContent()).toBe("");
    expect(await page.locator("#outputs pre").count()).toBe(5);
  });

  test("a hostile Server-ID stays text", async () => {
    const serverId = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const { bytes: signed, contentType } = encode({ sessionId: "1", serverId, requestedMo: [1] }, { secret: "s" });
    await page.fill("#input", hexOf(pushOf(signed, contentType, 1)));
    expect(await page.locator("#fields img, #fields script, #outputs img").count()).toBe(0);
    expect(await page.locator("#fields").textContent()).toContain("<img src=x");
    expect(await page.title()).toBe("pkg0 inspector");
  });

  test("what is pasted may be a dump, wrapped hex, or base64", async () => {
    const bytes = Buffer.from(GOOD, "hex");
    const rows = bytes
      .toString("hex")
      .match(/.{1,60}/g)!
      .join("\n");
    const dump = [...Array(Math.ceil(bytes.length / 16)).keys()].map(
      i =>
        `${(16 * i).toString(16).padStart(8, "0")}: ${bytes
          .subarray(16 * i, 16 * i + 16)
          .toString("hex")
          .match(/.{1,4}/g)!
          .join(" ")}  ${".".repeat(16)}`,
    );
    await page.fill("#secret", "secret13");
    for (const text of [rows, dump.join("\n"), bytes.toString("base64")]) {
      await page.fill("#input", text);
      expect(await verdict(), text).toMatch(/^OK.*the digest is right\.$/);
    }
  });

  test("what is no message says so", async () => {
    for (const text of ["zz", "00", GOOD.slice(0, 40), "07"]) {
      await page.fill("#input", text);
      expect(await page.locator("#verdict").getAttribute("class"), text).toBe("bad");
    }
  });

  test.each(["light", "dark"] as const)("axe-core finds nothing against it, in %s", async colorScheme => {
    await page.emulateMedia({ colorScheme });
    await page.fill("#input", GOOD);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<{ violations: object[] }> } }).axe.run(),
    );
    expect(violations.map(each => JSON.stringify(each).slice(0, 500))).toEqual([]);
  });

  test("on a phone nothing is wider than the screen", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test("it asks nobody for anything, and its policy lets it ask nobody", async () => {
    expect(asked.filter(url => !url.startsWith("file:"))).toEqual([]);
    const reached = await page.evaluate(() =>
      fetch("http://127.0.0.1:1/").then(
        () => true,
        () => false,
      ),
    );
    expect(reached).toBe(false);
    expect(readFileSync("dist/inspector.html", "utf8")).toMatch(/default-src 'none'; script-src 'sha256-/);
    expect(faults.filter(fault => !/Content Security Policy|Refused to connect|violates/.test(fault))).toEqual([]);
  });
});
