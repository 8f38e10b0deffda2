/**
 * Shortens conditions by what TypeScript knows of their operands: `count !== 0` becomes `count` where only its truth counts,
 * and `===` becomes `==` between two values of one type. That saves bytes, and an engine an instruction of its bytecode for
 * each. Lines do not change; the columns behind a condition do.
 */
import ts from "typescript";

const { SyntaxKind } = ts;
const EQUALITY = [SyntaxKind.EqualsEqualsEqualsToken, SyntaxKind.ExclamationEqualsEqualsToken];

/** What can be shortened in a source file of the checker's program: `[from, to, text]` each, none within another. */
export function shorterConditions(file, checker) {
  const edits = [];
  const visit = node => {
    if (ts.isBinaryExpression(node)) edits.push(...(shorterTruth(node, checker) ?? shorterEquality(node, checker)));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edits;
}

/** `x !== 0`, `x.length > 0`, `x === null`, `x === undefined` and `x === ""` in a condition: `x` or `!x`. */
function shorterTruth(node, checker) {
  const { left, operatorToken, right } = node;
  const isLength = operatorToken.kind === SyntaxKind.GreaterThanToken && isLengthOf(left);
  if (!(isLength || EQUALITY.includes(operatorToken.kind)) || !isCondition(node)) return null;
  if (!isFalsyOne(left, right, checker)) return null;
  const [from, to] = [left.getStart(), node.getEnd()];
  const lines = node.getSourceFile().text.slice(left.getEnd(), to).replace(/[^\n]/g, "");
  if (operatorToken.kind !== SyntaxKind.EqualsEqualsEqualsToken) return [[left.getEnd(), to, lines]];
  if (ts.isLeftHandSideExpression(left))
    return [
      [from, from, "!"],
      [left.getEnd(), to, lines],
    ];
  return [
    [from, from, "!("],
    [left.getEnd(), to, `)${lines}`],
  ];
}

function isLengthOf(node) {
  return ts.isPropertyAccessExpression(node) && node.name.text === "length";
}

/** Whether `right` is the only value that `left` can have that is not true. */
function isFalsyOne(left, right, checker) {
  if (isNothing(left, right, checker)) return true;
  const types = typesOf(left, checker);
  const only = checker.getTypeAtLocation(right); // of a union, no branch below is true
  if (only.flags & ts.TypeFlags.NumberLiteral && only.value === 0) return types.every(isNumber);
  if (only.flags & ts.TypeFlags.StringLiteral && only.value === "") return types.every(isString);
  return false;
}

/** Whether `right` is null or undefined, and `left` that or an object. */
function isNothing(left, right, checker) {
  const nothing = checker.getTypeAtLocation(right).flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined);
  return nothing !== 0 && typesOf(left, checker).every(({ flags }) => flags & (ts.TypeFlags.Object | nothing));
}

/** `===` between two numbers, strings or objects; `=== undefined` becomes `== null`. */
function shorterEquality({ left, operatorToken, right }, checker) {
  if (!EQUALITY.includes(operatorToken.kind)) return [];
  const types = [...typesOf(left, checker), ...typesOf(right, checker)];
  const isNull = isNothing(left, right, checker);
  if (!isNull && ![isNumber, isString, isObject].some(isOfType => types.every(isOfType))) return [];
  const operator = [operatorToken.getEnd() - 1, operatorToken.getEnd(), " "];
  return isNull ? [operator, [right.getStart(), right.getEnd(), "null"]] : [operator];
}

function typesOf(node, checker) {
  const type = checker.getTypeAtLocation(node);
  return type.isUnion() ? type.types : [type];
}

function isNumber({ flags }) {
  return (flags & ts.TypeFlags.NumberLike) !== 0;
}

function isString({ flags }) {
  return (flags & ts.TypeFlags.StringLike) !== 0;
}

function isObject({ flags }) {
  return (flags & ts.TypeFlags.Object) !== 0;
}

/** Whether nothing sees the value of an expression, or only whether it is true. */
function isCondition(node) {
  const { parent } = node;
  if (ts.isArrowFunction(parent)) return parent.body === node && isFilter(parent.parent);
  if (ts.isParenthesizedExpression(parent)) return isCondition(parent);
  if (ts.isExpressionStatement(parent)) return true;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === SyntaxKind.ExclamationToken;
  if (ts.isConditionalExpression(parent)) return parent.condition === node || isCondition(parent);
  if (ts.isForStatement(parent)) return parent.condition === node;
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken;
    return (kind === SyntaxKind.AmpersandAmpersandToken || kind === SyntaxKind.BarBarToken) && isCondition(parent);
  }
  return (
    (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent)) && parent.expression === node
  );
}

/** A call whose function tells only which elements stay. */
function isFilter(node) {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === "filter"
  );
}
