/** The constructs that no device bundle may contain. The reason is Espruino unless a comment names another engine. */
import { isFunction } from "./scope.mjs";

/** The globals that every engine has; for a namespace, the members that every engine has. */
export const GLOBALS = {
  Array: ["isArray"],
  ArrayBuffer: [],
  Error: [],
  Infinity: [],
  Int16Array: [],
  Int32Array: [],
  Int8Array: [],
  JSON: ["parse", "stringify"],
  Math: ["abs", "ceil", "floor", "max", "min", "random", "round", "sin"],
  NaN: [],
  Number: [],
  Object: ["keys"],
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

/** Methods that some engine lacks or has wrong, on every type. */
const METHODS_MISSING =
  /^(at|codePointAt|copyWithin|endsWith|entries|fill|find|findIndex|findLast|flat|flatMap|from|includes|isView|matchAll|of|padEnd|padStart|replaceAll|startsWith|toLocaleString|trimEnd|trimStart|values)$/;

/** Methods that arrays or strings have in every engine, but typed arrays lack in some: the type of the receiver decides. */
const METHODS_OF_ARRAYS =
  /^(every|filter|forEach|indexOf|join|keys|lastIndexOf|map|reduce|reduceRight|reverse|slice|some|sort)$/;

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

export function checkSyntax(node, parent, level, add) {
  // no bundle of ES5 is for Espruino, the only engine without labels
  if (SYNTAX[node.type] !== undefined && !(level === 5 && node.type === "LabeledStatement"))
    add(node, SYNTAX[node.type]);
  if (level === 5 && SYNTAX_ES5[node.type] !== undefined) add(node, SYNTAX_ES5[node.type]);
  switch (node.type) {
    case "FunctionDeclaration":
      // MicroQuickJS, XS: not visible outside the block
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
      if (node.type === "AssignmentExpression") checkTarget(node.left, add);
      break;
    case "UpdateExpression":
      checkTarget(node.argument, add);
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

function checkTarget(target, add) {
  if (target.type !== "MemberExpression") return;
  if (nameOf(target) === "length") add(target, "assignment to .length"); // truncation throws
  checkOwnName(target, nameOf(target), add);
}

/** Espruino calls toString of an object in a parenthesised comma group, even if the group is not evaluated. */
function checkOwnName(node, name, add) {
  if (name === "toString" || name === "valueOf" || name === "__proto__") add(node, `own ${name}`);
}

/** Whether arrays or strings have a method in every engine. */
export function isOfArrays(method) {
  return METHODS_OF_ARRAYS.test(method);
}

export function nameOf(member) {
  return member.computed ? member.property.value : member.property.name;
}

export function checkMember(node, parent, key, add) {
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
  if (isOfArrays(name) && !isNamespace && (isApplied || !isPlain))
    add(node, `.${name}() of what may be a typed array`, name);
  const [argument] = parent.arguments ?? [];
  if (name === "fromCharCode" && argument?.type === "Literal" && argument.value > 255)
    add(node, "fromCharCode above 255");
}
