/**
 * Puts each function that is used once at its place of use, and shortens other code, with Google's Closure Compiler: an
 * engine needs memory for each function, and instructions for each call.
 */
import { parse } from "acorn";
import Compiler from "google-closure-compiler";
import { getNativeImagePath } from "google-closure-compiler/lib/utils.js";
import MagicString from "magic-string";
import { isFunction, isLoop, walk } from "./scope.mjs";

const FLAGS = {
  compilation_level: "SIMPLE",
  language_in: "ECMASCRIPT_2019",
  strict_mode_input: true,
  emit_use_strict: false,
  rewrite_polyfills: false,
  inject_libraries: false,
  warning_level: "QUIET",
  json_streams: "BOTH",
};

/**
 * `code` is a script of ECMAScript 2019. Returns a script of ECMAScript `level` (2019 or 5), and its source maps from the last
 * to the first.
 */
export async function inlineFunctions(code, level) {
  const annotated = annotate(code);
  const output = await compile(annotated.toString(), level === 5 ? "ECMASCRIPT5_STRICT" : "ECMASCRIPT_2019");
  const restored = restoreArrays(output.src);
  return { code: restored.toString(), maps: [mapOf(restored), JSON.parse(output.source_map), mapOf(annotated)] };
}

function mapOf(edited) {
  return JSON.parse(edited.generateMap({ hires: true }).toString());
}

/**
 * Excepts the functions that return from within a loop, a switch or a try: in their place the compiler would need a labelled
 * break, which Espruino does not know.
 */
function annotate(code) {
  const annotated = new MagicString(code);
  walk(parse(code, { ecmaVersion: 2019 }), node => {
    const isVariable = node.type === "VariableDeclarator" && node.init !== null && isFunction(node.init);
    if (isVariable && returnsFromWithin(node.init)) annotated.appendLeft(node.id.start, "/** @noinline */");
    if (node.type === "FunctionDeclaration" && returnsFromWithin(node))
      annotated.appendLeft(node.start, "/** @noinline */");
  });
  return annotated;
}

function returnsFromWithin(own) {
  const blocks = new Set(); // loops and the like of `own`, and what is in them
  let isFound = false;
  walk(own.body, function (node, parent) {
    if (isFunction(node)) this.skip();
    else if (isLoop(node) || /^(Switch|Try)Statement$/.test(node.type) || blocks.has(parent)) blocks.add(node);
    if (node.type === "ReturnStatement" && blocks.has(node)) isFound = true;
  });
  return isFound;
}

/**
 * Writes `"a b c".split(" ")` as the array that it was: an engine with bytecode in flash has the strings of an array there, but
 * those of `split` in its heap.
 */
function restoreArrays(code) {
  const restored = new MagicString(code);
  walk(parse(code, { ecmaVersion: 2019 }), ({ type, start, end, callee, arguments: [separator] = [] }) => {
    if (type !== "CallExpression" || callee.property?.name !== "split" || callee.object.type !== "Literal") return;
    restored.overwrite(start, end, JSON.stringify(callee.object.value.split(separator.value)));
  });
  return restored;
}

/** The compiler is a program for this platform, or one for Java where npm has none. */
function compile(src, level) {
  const compiler = new Compiler({ ...FLAGS, language_out: level });
  const program = getNativeImagePath();
  if (program !== undefined) Object.assign(compiler, { JAR_PATH: null, javaPath: program });
  return new Promise((resolve, reject) => {
    const { stdin } = compiler.run((exitCode, stdout, stderr) => {
      if (exitCode === 0) resolve(JSON.parse(stdout)[0]);
      else reject(new Error(`Closure Compiler: ${stderr || stdout}`));
    });
    stdin.end(JSON.stringify([{ path: "bundle.js", src }]));
  });
}
