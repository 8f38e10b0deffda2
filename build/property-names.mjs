/** Finds the names of properties that a device bundle may shorten: those of objects that no code outside it can see. */
import { relative } from "node:path";
import ts from "typescript";

/**
 * `program` has `entries` and the files that they import. The returned function takes the entries that run beside a bundle
 * (`givers`). It returns `names`, sorted, which only objects within `src/` have; and `renames`, by file in `src/`: the places
 * `{ at, name, isShorthand }` where a property of such objects has a name that other objects have, too, so that it needs
 * another one before it can be shortened. A name is kept when it also occurs in the types of what a giver gives to
 * globalThis, in the engine's own objects, in `targets/` (if there is a giver), or in quotes.
 */
export function createNames(root, entries, program) {
  const checker = program.getTypeChecker();
  const isIn = (file, folder) => relative(root, file).startsWith(folder);
  const isOurs = node => isIn(node.getSourceFile().fileName, "src");
  const declared = new Set();
  const [keptBySrc, keptByTargets] = [new Set(), new Set()];
  const gifts = [];
  const places = []; // of properties in `src/`: `{ file, at, name, isShorthand, declarations }`
  const shared = new Set(); // declarations in `src/` that other code reads, or that have no name of a type

  const note = (name, declarations, isShorthand) => {
    const isOwn = declarations.length > 0 && declarations.every(each => isOurs(each) && hasOwner(each));
    if (!isOurs(name) || !isOwn) for (const each of declarations) shared.add(each);
    else
      places.push({
        file: name.getSourceFile().fileName,
        at: name.getStart(),
        name: name.text,
        isShorthand,
        declarations,
      });
  };

  const visit = (node, kept) => {
    if (ts.isPropertyAccessExpression(node)) {
      const declarations = checker.getSymbolAtLocation(node.name)?.declarations ?? [];
      if (declarations.length === 0 || !declarations.every(isOurs)) kept.add(node.name.text);
      note(node.name, declarations, false);
    } else if (node.name !== undefined && isMember(node) && !isGift(node.parent.parent)) {
      (isOurs(node) && ts.isIdentifier(node.name) ? declared : kept).add(node.name.text);
      if (ts.isIdentifier(node.name)) note(node.name, declarationsOf(node), ts.isShorthandPropertyAssignment(node));
    } else if (ts.isStringLiteralLike(node)) {
      kept.add(node.text);
    }
    if (isGift(node)) gifts.push(node.right);
    ts.forEachChild(node, child => visit(child, kept));
  };
  /** The declarations of a member in its type; for a member of an object in the type that the object is meant to have. */
  const declarationsOf = node => {
    if (!ts.isObjectLiteralExpression(node.parent)) return [node];
    return checker.getContextualType(node.parent)?.getProperty(node.name.text)?.declarations ?? [node];
  };
  for (const file of program.getSourceFiles()) {
    if (!file.isDeclarationFile) visit(file, isIn(file.fileName, "targets") ? keptByTargets : keptBySrc);
  }

  return givers => {
    const hasTargets = givers.some(file => isIn(file, "targets"));
    const kept = new Set([...keptBySrc, ...(hasTargets ? keptByTargets : [])]);
    /** Keeps the names of `type` and of all types that can be reached from it: members, parameters, results, elements. */
    const reached = new Set();
    const open = new Set(shared);
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
        for (const declaration of member.declarations) open.add(declaration);
        keepAll(checker.getTypeOfSymbol(member));
      }
    };
    for (const gift of gifts)
      if (givers.includes(gift.getSourceFile().fileName)) keepAll(checker.getTypeAtLocation(gift));
    const clashes = places.filter(({ name }) => kept.has(name));
    // a place that may be of one type or the other binds both
    for (let isDone = false; !isDone; ) {
      const mixed = clashes.filter(({ declarations }) => declarations.some(each => open.has(each)));
      const before = open.size;
      for (const { declarations } of mixed) for (const each of declarations) open.add(each);
      isDone = open.size === before;
    }
    const renames = new Map();
    const names = new Set([...declared].filter(name => !kept.has(name)));
    for (const { file, at, name, isShorthand, declarations } of clashes) {
      if (declarations.some(each => open.has(each))) continue;
      if (!renames.has(file)) renames.set(file, []);
      renames.get(file).push({ at, name, isShorthand });
      names.add(otherName(name));
    }
    return { names: [...names].sort(), renames };
  };
}

/** The name that a property gets instead of one that other objects have, too. */
function otherName(name) {
  return `${name}$`;
}

/** The edits `[from, to, text]` of a source that give other names at `places`. */
export function renamings(places = []) {
  return places.map(({ at, name, isShorthand }) => {
    const other = isShorthand ? `${otherName(name)}: ${name}` : otherName(name);
    return [at, at + name.length, other];
  });
}

/** Whether a member is declared in a type that has a name: others are equal to any type with the same members. */
function hasOwner({ parent }) {
  return ts.isInterfaceDeclaration(parent);
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
