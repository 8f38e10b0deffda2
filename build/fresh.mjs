/** Tells whether dist/ was built from the present sources, so that a build that would change nothing is skipped. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The inputs of a build: the sources, the scripts of build/, the suite with its vectors, and the versions of the tools. */
const SOURCES = ["src", "targets", "build", "test/suite", "test/vectors", "test/tsconfig.json"];
const TOOLS = ["package.json", "package-lock.json", "tsconfig.json"];

export function isFresh(root) {
  const file = join(root, "dist/.built");
  if (!existsSync(file)) return false;
  const { sources, outputs } = JSON.parse(readFileSync(file, "utf8"));
  return sources === hashOf(root) && outputs.every(output => existsSync(join(root, "dist", output)));
}

/** To be called when everything is built. */
export function recordBuild(root) {
  const outputs = readdirSync(join(root, "dist"), { recursive: true }).filter(name => name.endsWith(".js"));
  writeFileSync(join(root, "dist/.built"), JSON.stringify({ sources: hashOf(root), outputs }));
}

function hashOf(root) {
  const hash = createHash("sha256").update(process.version);
  for (const path of [...SOURCES, ...TOOLS].flatMap(each => filesOf(root, each)).sort())
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  return hash.digest("hex");
}

function filesOf(root, path) {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name).slice(root.length));
}
