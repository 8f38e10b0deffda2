/**
 * The dialect gate: parses a device bundle, and says what in it some engine would not run. Espruino skips the bodies of
 * functions until they are called, so a bundle that loads there proves nothing; MicroQuickJS lacks most of ES2015.
 */
import { parse } from "acorn";
import { isFunction, resolveNames, walk } from "./scope.mjs";

/** The globals that every engine has, and of those that are namespaces the members that every engine has. */
const GLOBALS = {
  Array: ["isArray"],
  ArrayBuffer: [],
  Error: [],
  Infinity: [],
  Int16Array: [],
  Int32Array: [],
  Int8Array: [],
  JSON: ["parse", "stringify"],
  Math: ["PI", "abs", "ceil", "floor", "max", "min", "random", "round", "sqrt"],
  NaN: [],
  Number: [],
  Object: ["defineProperty", "keys"],
  String: ["fromCharCode"],
  Uint16Array: [],
  Uint32Array: [],
  Uint8Array: [],
  isFinite: [],
  isNaN: [],
  parseFloat: [],
  parseInt: [],
  undefined: [],
};

/** Methods that are missing or wrong somewhere, whatever they are called on. */
const METHODS_MISSING =
  /^(at|codePointAt|copyWithin|endsWith|entries|fill|find|findIndex|findLast|flat|flatMap|from|includes|isView|matchAll|of|padEnd|padStart|replaceAll|startsWith|toLocaleString|trimEnd|trimStart|values)$/;

/** Methods that arrays or strings have everywhere, and typed arrays do not: the receiver decides. */
const METHODS_OF_ARRAYS =
  /^(every|filter|forEach|indexOf|join|keys|lastIndexOf|map|reduce|reduceRight|reverse|slice|some|sort)$/;

/** Where a method of METHODS_OF_ARRAYS is called on what a reader can see to be an array or a string. */
const RECEIVERS_SEEN = {
  "src/hash/base64.ts": ["indexOf"],
};

const SYNTAX = {
  AssignmentPattern: "default value",
  ObjectPattern: "destructuring",
  ArrayPattern: "destructuring",
  SpreadElement: "spread",
  RestElement: "rest parameter",
  LabeledStatement: "label",
  ChainExpression: "optional chaining",
  AwaitExpression: "async",
  YieldExpression: "generator",
  PropertyDefinition: "class field",
  PrivateIdentifier: "private member",
  StaticBlock: "static block",
  TaggedTemplateExpression: "tagged template",
  MetaProperty: "new.target",
  ImportExpression: "import()",
};

const SYNTAX_ES5 = {
  ArrowFunctionExpression: "arrow function",
  ClassDeclaration: "class",
  ClassExpression: "class",
  TemplateLiteral: "template literal",
  ForOfStatement: "for..of",
};

/**
 * What is wrong with `code` as a script of ECMAScript `level` (2019 or 5): a list of `{ reason, line, column }`, with
 * `source` where `locate(line, column)` knows it. `globals` may be used besides those of every engine; `api` are the
 * names that the script may give to globalThis. Lines count from 1, columns from 0.
 */
export function checkDialect(code, { level = 2019, globals = [], api = ["pkg0"], locate = () => null } = {}) {
  const faults = [];
  const add = (node, reason, method) => {
    const { line, column } = node.loc.start;
    const at = locate(line, column) ?? { line, column };
    if (method !== undefined && RECEIVERS_SEEN[at.source]?.includes(method)) return;
    faults.push({ reason, ...at });
  };
  let program;
  try {
    program = parse(code, { ecmaVersion: "latest", sourceType: "script", locations: true });
  } catch (error) {
    return [{ reason: `syntax error: ${error.message}`, ...(error.loc ?? {}) }];
  }
  walk(program, (node, parent, key) => {
    checkSyntax(node, parent, level, add);
    checkMember(node, parent, key, add);
  });
  checkNames(program, { level, globals, api }, add);
  if (faults.length === 0) {
    try {
      parse(code, { ecmaVersion: level, sourceType: "script" });
    } catch (error) {
      faults.push({
        reason: `not ES${level}: ${error.message}`,
        ...(locate(error.loc.line, error.loc.column) ?? error.loc),
      });
    }
  }
  return faults;
}

function checkSyntax(node, parent, level, add) {
  if (SYNTAX[node.type] !== undefined) add(node, SYNTAX[node.type]);
  if (level === 5 && SYNTAX_ES5[node.type] !== undefined) add(node, SYNTAX_ES5[node.type]);
  switch (node.type) {
    case "FunctionDeclaration":
      // not visible outside the block in MicroQuickJS and XS
      if (parent.type !== "Program" && !(parent.type === "BlockStatement" && parent.isBody))
        add(node, "function declaration in a block");
      break;
    case "VariableDeclaration":
      if (level === 5 && node.kind !== "var") add(node, node.kind);
      break;
    case "ClassDeclaration":
    case "ClassExpression":
      if (node.superClass !== null) add(node, "extends");
      break;
    case "BinaryExpression":
    case "LogicalExpression":
    case "AssignmentExpression":
      if (/^(\*\*=?|(\?\?|\|\||&&)=)$/.test(node.operator)) add(node, `operator ${node.operator}`);
      if (level === 5 && node.operator === "??") add(node, "operator ??");
      // Espruino: truncation by length throws
      if (
        node.left.type === "MemberExpression" &&
        nameOf(node.left) === "length" &&
        node.type === "AssignmentExpression"
      )
        add(node, "assignment to .length");
      if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression")
        checkOwnName(node.left, nameOf(node.left), add);
      break;
    case "Property":
    case "MethodDefinition":
      if (node.computed) add(node, "computed key");
      else checkOwnName(node, node.key.name ?? node.key.value, add);
      if (level === 5 && (node.shorthand || node.method)) add(node, "shorthand");
      break;
    case "ArrayExpression":
      if (node.elements.includes(null)) add(node, "array hole");
      break;
    case "CatchClause":
      if (level === 5 && node.param === null) add(node, "catch without a variable");
      break;
    case "SwitchStatement": {
      const at = node.cases.findIndex(each => each.test === null);
      if (at >= 0 && at < node.cases.length - 1) add(node.cases[at], "case after default");
      break;
    }
    case "Literal":
      if (node.regex !== undefined) add(node, "regular expression");
      if (node.bigint !== undefined) add(node, "BigInt");
      break;
  }
  if (isFunction(node)) {
    node.body.isBody = true;
    if (node.async) add(node, "async");
    if (node.generator) add(node, "generator");
  }
}

/** Espruino calls toString of an object in a parenthesised comma group that is not even evaluated. */
function checkOwnName(node, name, add) {
  if (name === "toString" || name === "valueOf" || name === "__proto__") add(node, `own ${name}`);
}

function nameOf(member) {
  return member.computed ? member.property.value : member.property.name;
}

function checkMember(node, parent, key, add) {
  if (node.type !== "MemberExpression") return;
  const name = nameOf(node);
  const object = node.object;
  if (name === "prototype" || name === "constructor" || name === "__proto__") add(node, `.${name}`);
  const isCalled = parent.type === "CallExpression" && key === "callee";
  const isApplied =
    parent.type === "MemberExpression" && key === "object" && /^(apply|bind|call)$/.test(nameOf(parent));
  if (!isCalled && !isApplied) return;
  if (METHODS_MISSING.test(name)) add(node, `.${name}()`, name);
  const isPlain = (object.type === "Literal" && typeof object.value === "string") || object.type === "ArrayExpression";
  const isNamespace = object.type === "Identifier" && GLOBALS[object.name]?.includes(name);
  if (METHODS_OF_ARRAYS.test(name) && !isNamespace && (isApplied || !isPlain))
    add(node, `.${name}() of what may be a typed array`, name);
  const [argument] = parent.arguments ?? [];
  if (name === "fromCharCode" && argument?.type === "Literal" && argument.value > 255)
    add(node, "fromCharCode above 255");
}

function checkNames(program, { level, globals, api }, add) {
  const parents = new Map();
  walk(program, (node, parent) => parents.set(node, parent));
  const { names, catches } = resolveNames(program);
  for (const { node, declaration, isCaptured } of names) {
    if (declaration === null) {
      checkGlobal(node, parents, globals, api, add);
    } else if (isCaptured) {
      // Espruino: all closures see the last value
      if (declaration.scope.isInLoop) add(node, `${node.name} of a loop, captured by a closure`);
    } else if (node.start < declaration.start) {
      // Espruino: no hoisting, neither of functions nor of var
      add(node, `${node.name} before its declaration`);
    }
  }
  if (level !== 5) return;
  for (const { node, names, catchNames } of catches) {
    const isTwice = catchNames.filter(name => name === node.name).length > 1;
    if (isTwice || names.has(node.name)) add(node, `catch variable ${node.name} twice in a function`); // MicroQuickJS
  }
}

function checkGlobal(node, parents, globals, api, add) {
  const parent = parents.get(node);
  const isObject = parent.type === "MemberExpression" && parent.object === node;
  if (node.name === "globalThis") {
    const isApi = isObject && api.includes(nameOf(parent));
    const assignment = parents.get(parent);
    if (!isApi || assignment.type !== "AssignmentExpression" || assignment.left !== parent)
      add(node, "globalThis other than to assign the API");
  } else if (globals.includes(node.name)) {
    // the target's own
  } else if (!Object.hasOwn(GLOBALS, node.name)) {
    add(node, `global ${node.name}`);
  } else if (isObject && !GLOBALS[node.name].includes(nameOf(parent))) {
    add(parent, `${node.name}.${nameOf(parent)}`);
  }
}

/** Every file that went into a bundle has to lie under one of `folders`, and what src/ imports, under src/. */
export function checkInputs(metafile, folders) {
  const faults = [];
  for (const [source, input] of Object.entries(metafile.inputs)) {
    if (!folders.some(folder => source.startsWith(folder))) faults.push({ reason: "not a source of devices", source });
    for (const each of input.imports) {
      if (source.startsWith("src/") && !each.path.startsWith("src/"))
        faults.push({ reason: `import of ${each.path}`, source });
    }
  }
  return faults;
}

export function formatFault({ reason, source, line, column }) {
  return `${source ?? "bundle"}${line === undefined ? "" : `:${line}:${column + 1}`}: ${reason}`;
}
