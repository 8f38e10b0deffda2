/**
 * Puts each function that is used once at its place of use, and shortens other code, with Google's Closure Compiler: an
 * engine needs memory for each function, and instructions for each call.
 */
import { parse } from "acorn";
import { analyze } from "eslint-scope";
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
 * to the first. `isBare` says that no other script knows the names of this one, though no function is around it.
 */
export async function inlineFunctions(code, level, isBare = false) {
  const annotated = level === 5 ? new MagicString(code) : annotate(code, isBare);
  const language_out = level === 5 ? "ECMASCRIPT5_STRICT" : "ECMASCRIPT_2019";
  const output = await compile(annotated.toString(), { language_out, assume_function_wrapper: isBare });
  const plain = writePlainly(output.src);
  return { code: plain.toString(), maps: [mapOf(plain), JSON.parse(output.source_map), mapOf(annotated)] };
}

function mapOf(edited) {
  return JSON.parse(edited.generateMap({ hires: true }).toString());
}

/**
 * Excepts the functions that return from within a loop, a switch or a try: in their place the compiler would need a labelled
 * break, which Espruino does not know. Excepts those that are used more than once, of which it would copy short ones: a call
 * is shorter (1.3 % of a bundle, measured). Excepts long texts, which would stand at each of their uses. No bundle of ES5 is
 * for Espruino, and in bytecode a variable takes heap and a text does not. In a bare script, excepts what the script itself
 * calls: the variables of such a function would become globals, which stay.
 */
function annotate(code, isBare) {
  const annotated = new MagicString(code);
  const except = ({ start }) => annotated.appendLeft(start, "/** @noinline */");
  const program = parse(code, { ecmaVersion: 2019, ranges: true });
  const often = usedOften(program);
  const called = isBare ? calledByScript(program) : new Set();
  walk(program, node => {
    if (node.type === "FunctionDeclaration" && (called.has(node.id.name) || returnsFromWithin(node))) except(node);
    if (node.type !== "VariableDeclarator" || node.init === null) return;
    if (isFunction(node.init) ? returnsFromWithin(node.init) || often.has(node) : isLongText(node.init))
      except(node.id);
  });
  return annotated;
}

/** The declarators of variables that are used more than once. */
function usedOften(program) {
  const variables = analyze(program, { ecmaVersion: 2022 }).scopes.flatMap(scope => scope.variables);
  return new Set(variables.filter(each => each.references.length > 2).map(({ defs: [first] }) => first.node));
}

/** The names of the functions that are called outside all functions. */
function calledByScript(program) {
  const names = new Set();
  walk(program, function (node) {
    if (isFunction(node)) this.skip();
    else if (node.type === "CallExpression") names.add(node.callee.name);
  });
  return names;
}

function isLongText(node) {
  return node.type === "Literal" && typeof node.value === "string" && node.value.length > 16;
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
 * Undoes two abbreviations. `"a b c".split(" ")` becomes the array that it was: an engine with bytecode in flash has the
 * strings of an array there, but those of `split` in its heap. A labelled block, which takes the place of a function with
 * several returns, becomes a loop that runs once: Espruino knows no labels.
 */
function writePlainly(code) {
  const plain = new MagicString(code);
  walk(parse(code, { ecmaVersion: 2019 }), node => {
    if (node.type === "CallExpression" && node.callee.property?.name === "split") restoreArray(plain, node);
    if (node.type === "LabeledStatement" && isBlock(node)) {
      plain.overwrite(node.start, node.body.start, "do{").appendRight(node.body.end, "}while(0);");
      walk(node.body, each => {
        if (each.type === "BreakStatement" && each.label?.name === node.label.name)
          plain.remove(each.start + "break".length, each.label.end);
      });
    }
  });
  return plain;
}

function restoreArray(plain, { start, end, callee: { object }, arguments: [separator] }) {
  if (object.type === "Literal") plain.overwrite(start, end, JSON.stringify(object.value.split(separator.value)));
}

/** Whether a break within means the same without its label, and nothing within ends or continues a loop around it. */
function isBlock({ label, body }) {
  let isFree = true;
  const inner = new Set(); // loops and switches of the block, and what is in them
  walk(body, function (node, parent) {
    if (isFunction(node)) return this.skip();
    if (isLoop(node) || node.type === "SwitchStatement" || inner.has(parent)) inner.add(node);
    if (!/^(Break|Continue)Statement$/.test(node.type)) return;
    if ((node.label?.name === label.name) === inner.has(node)) isFree = false;
  });
  return isFree;
}

/** The compiler is a program for this platform, or one for Java where npm has none. */
function compile(src, flags) {
  const compiler = new Compiler({ ...FLAGS, ...flags });
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
