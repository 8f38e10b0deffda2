/** Finds the names of properties that a device bundle may shorten: those that no code outside it can see. */
import { relative } from "node:path";
import ts from "typescript";

/**
 * Reads `entries` and the files that they import. The returned function takes the entries that run beside a bundle
 * (`givers`), and returns the sorted names that only objects within `src/` have. A name is kept when it also occurs in the
 * types of what a giver gives to globalThis, in the engine's own objects, in `targets/` (if there is a giver), or in quotes.
 */
export function createNames(root, entries, options) {
  const program = ts.createProgram(entries, options);
  const checker = program.getTypeChecker();
  const isIn = (file, folder) => relative(root, file).startsWith(folder);
  const isOurs = node => isIn(node.getSourceFile().fileName, "src");
  const declared = new Set();
  const [keptBySrc, keptByTargets] = [new Set(), new Set()];
  const gifts = [];

  const visit = (node, kept) => {
    if (ts.isPropertyAccessExpression(node)) {
      const declarations = checker.getSymbolAtLocation(node.name)?.declarations ?? [];
      if (declarations.length === 0 || !declarations.every(isOurs)) kept.add(node.name.text);
    } else if (node.name !== undefined && isMember(node) && !isGift(node.parent.parent)) {
      (isOurs(node) && ts.isIdentifier(node.name) ? declared : kept).add(node.name.text);
    } else if (ts.isStringLiteralLike(node)) {
      kept.add(node.text);
    }
    if (isGift(node)) gifts.push(node.right);
    ts.forEachChild(node, child => visit(child, kept));
  };
  for (const file of program.getSourceFiles()) {
    if (!file.isDeclarationFile) visit(file, isIn(file.fileName, "targets") ? keptByTargets : keptBySrc);
  }

  return givers => {
    const hasTargets = givers.some(file => isIn(file, "targets"));
    const kept = new Set([...keptBySrc, ...(hasTargets ? keptByTargets : [])]);
    /** Keeps the names of `type` and of all types that can be reached from it: members, parameters, results, elements. */
    const reached = new Set();
    const keepAll = type => {
      if (reached.has(type)) return;
      reached.add(type);
      for (const part of type.types ?? []) keepAll(part);
      for (const argument of checker.getTypeArguments(type) ?? []) keepAll(argument);
      for (const signature of type.getCallSignatures()) {
        for (const parameter of signature.getParameters()) keepAll(checker.getTypeOfSymbol(parameter));
        keepAll(signature.getReturnType());
      }
      for (const member of type.getProperties()) {
        if (!member.declarations?.some(isOurs) && !entries.includes(member.declarations?.[0].getSourceFile().fileName))
          continue;
        kept.add(member.name);
        keepAll(checker.getTypeOfSymbol(member));
      }
    };
    for (const gift of gifts)
      if (givers.includes(gift.getSourceFile().fileName)) keepAll(checker.getTypeAtLocation(gift));
    return [...declared].filter(name => !kept.has(name)).sort();
  };
}

function isMember(node) {
  return (
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isMethodDeclaration(node)
  );
}

/** `globalThis.name = value`, with or without a cast. */
function isGift(node) {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false;
  let object = ts.isPropertyAccessExpression(node.left) ? node.left.expression : node;
  while (ts.isParenthesizedExpression(object) || ts.isAsExpression(object)) object = object.expression;
  return ts.isIdentifier(object) && object.text === "globalThis";
}
