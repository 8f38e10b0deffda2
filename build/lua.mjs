/**
 * npm run build:lua: builds the core as a Lua 5.4 module, dist/pkg0.core.lua, from the same source. `npm run build` does
 * not, because typescript-to-lua is not among the dependencies. Lua's integers have 64 bits, so each bit operator becomes a
 * call of targets/lua/prelude.lua, which also has the typed arrays.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "./device.mjs";

const ENTRY = "build/entries/core.ts";
const { SyntaxKind, factory } = ts;

const OPERATORS = new Map([
  [SyntaxKind.BarToken, "or"],
  [SyntaxKind.AmpersandToken, "and"],
  [SyntaxKind.CaretToken, "xor"],
  [SyntaxKind.LessThanLessThanToken, "shl"],
  [SyntaxKind.GreaterThanGreaterThanToken, "sar"],
  [SyntaxKind.GreaterThanGreaterThanGreaterThanToken, "shr"],
]);
const ASSIGNMENTS = new Map([
  [SyntaxKind.BarEqualsToken, "or"],
  [SyntaxKind.AmpersandEqualsToken, "and"],
  [SyntaxKind.CaretEqualsToken, "xor"],
  [SyntaxKind.LessThanLessThanEqualsToken, "shl"],
  [SyntaxKind.GreaterThanGreaterThanEqualsToken, "sar"],
  [SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken, "shr"],
]);

function call(name, operands) {
  return factory.createCallExpression(factory.createIdentifier(`__bit_${name}`), undefined, operands);
}

const ARITHMETIC = new Set([SyntaxKind.PercentToken, SyntaxKind.AsteriskToken, SyntaxKind.MinusToken]);

/** 0 is true in Lua, so a condition that is plainly a number is compared with 0. */
function truth(condition) {
  const isNumber =
    (ts.isCallExpression(condition) && /^__bit_/.test(condition.expression.text ?? "")) ||
    (ts.isBinaryExpression(condition) && ARITHMETIC.has(condition.operatorToken.kind));
  if (ts.isParenthesizedExpression(condition)) return truth(condition.expression);
  return isNumber ? factory.createStrictInequality(condition, factory.createNumericLiteral(0)) : condition;
}

function withTruth(node) {
  if (ts.isWhileStatement(node)) return factory.createWhileStatement(truth(node.expression), node.statement);
  if (ts.isIfStatement(node))
    return factory.createIfStatement(truth(node.expression), node.thenStatement, node.elseStatement);
  if (ts.isConditionalExpression(node)) {
    const { condition, questionToken, whenTrue, colonToken, whenFalse } = node;
    return factory.createConditionalExpression(truth(condition), questionToken, whenTrue, colonToken, whenFalse);
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken)
    return factory.createLogicalNot(truth(node.operand));
  return node;
}

/** Replaces operators by calls, `var` by `let`, and `new Uint8Array(x)` by `Uint8Array.from(x)`. */
function lower(context) {
  const visit = old => {
    const node = ts.visitEachChild(old, visit, context);
    if (ts.isBinaryExpression(node)) {
      const operator = OPERATORS.get(node.operatorToken.kind);
      if (operator !== undefined) return call(operator, [node.left, node.right]);
      const assignment = ASSIGNMENTS.get(node.operatorToken.kind);
      if (assignment !== undefined)
        return factory.createAssignment(node.left, call(assignment, [node.left, node.right]));
    }
    if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.TildeToken) return call("not", [node.operand]);
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0)
      return factory.createVariableDeclarationList(node.declarations, ts.NodeFlags.Let);
    if (ts.isNewExpression(node) && /Array$/.test(node.expression.text ?? "") && node.expression.text !== "Array") {
      const from = factory.createPropertyAccessExpression(node.expression, "from");
      return factory.createCallExpression(from, undefined, node.arguments);
    }
    return withTruth(node);
  };
  return file => ts.visitNode(file, visit);
}

async function main() {
  const tstl = await import("typescript-to-lua").catch(() => null);
  if (tstl === null) {
    const install = "npm install --no-save --legacy-peer-deps typescript-to-lua@1.37.1";
    throw new Error(`typescript-to-lua is not installed, since nothing else needs it:\n  ${install}`);
  }
  const options = {
    target: ts.ScriptTarget.ES2019,
    lib: ["lib.es2019.d.ts"],
    types: [],
    strict: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    rootDir: ROOT,
    outDir: join(ROOT, "dist"),
    luaTarget: "5.4",
    luaBundle: "pkg0.core.lua",
    luaBundleEntry: ENTRY,
    luaLibImport: "require",
    noHeader: true,
  };
  const host = ts.createCompilerHost(options);
  const { readFile } = host;
  // the faster hash reads words as bytes through the buffer of their array
  host.readFile = file => readFile(file.replace(/src\/hash\/sha256\.ts$/, "src/hash/sha256-small.ts"));
  const program = ts.createProgram([join(ROOT, ENTRY)], options, host);
  let lua = "";
  const { diagnostics } = new tstl.Transpiler().emit({
    program,
    customTransformers: { before: [lower] },
    writeFile: (_file, text) => {
      lua = text;
    },
  });
  for (const { messageText, file, start } of diagnostics) {
    const at = file === undefined ? "" : `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: `;
    throw new Error(at + ts.flattenDiagnosticMessageText(messageText, "\n"));
  }
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  const prelude = readFileSync(join(ROOT, "targets/lua/prelude.lua"), "utf8");
  writeFileSync(join(ROOT, "dist/pkg0.core.lua"), `${prelude}\n${lua}`);
  console.log(`dist/pkg0.core.lua ${prelude.length + lua.length} bytes`);
}

await main().catch(error => {
  console.error(error.message);
  process.exitCode = 1;
});
