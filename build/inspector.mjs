/** Builds dist/inspector.html: one file that works from disk and offline; its policy lets it load and send nothing. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./device.mjs";

const FOLDER = join(ROOT, "targets/inspector");

export async function makeInspector() {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["targets/inspector/main.ts"],
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    logLevel: "silent",
    write: false,
  });
  const script = outputFiles[0].text.replaceAll("</script", "<\\/script");
  const style = readFileSync(join(FOLDER, "style.css"), "utf8");
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;
  return readFileSync(join(FOLDER, "index.html"), "utf8")
    .replace('<meta charset="utf-8">', `$&\n<meta http-equiv="Content-Security-Policy" content="${policy}">`)
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace("<script></script>", () => `<script>${script}</script>`);
}

function hashOf(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
