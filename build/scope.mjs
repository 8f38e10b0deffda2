/** Finds the declaration of each name of a script with eslint-scope, in the form that dialect.mjs and lower-let.mjs need. */
import { analyze } from "eslint-scope";
import { walk as walkTree } from "estree-walker";

/** Calls `visit(node, parent, key)` for a node of an ESTree and all below it, in the order of the source. */
export function walk(program, visit) {
  walkTree(program, { enter: visit });
}

export function isFunction(node) {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

export function isLoop(node) {
  return /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);
}

/**
 * `program` is acorn's, with `ranges`. `names`: every identifier that is a name, in the order of the source, as
 * `{ node, declaration, isCaptured }`. `declaration` is null for a global, else `{ start, scope, isInLoop }`: the first
 * one's start, and the scope of eslint-scope. `isCaptured` tells that the name is used in another function than the one that
 * declares it. `catches`: every catch variable, as `{ node, names, isRepeated }`: the names that its function declares, and
 * whether an earlier catch of the function has the same.
 */
export function resolveNames(program) {
  const { scopes, globalScope } = analyze(program, { ecmaVersion: 2022, sourceType: program.sourceType });
  const loops = nodesInLoops(program);
  const names = new Map();
  const declarationOf = ({ scope, identifiers }) => ({
    start: Math.min(
      ...identifiers.map(({ start }) => start),
      identifiers.length > 0 ? Number.POSITIVE_INFINITY : scope.block.start,
    ),
    isInLoop: loops.has(scope.block),
    scope,
  });
  for (const scope of scopes) {
    for (const { identifier: node, resolved, from } of scope.references) {
      // variables of the whole script are left open, as another script may declare them, too
      const variable = resolved ?? globalScope.set.get(node.name);
      const declaration = variable === undefined ? null : declarationOf(variable);
      const isCaptured = declaration !== null && from.variableScope !== variable.scope.variableScope;
      names.set(node, { node, declaration, isCaptured });
    }
  }
  for (const scope of scopes) {
    for (const variable of scope.variables) {
      for (const node of variable.identifiers)
        if (!names.has(node)) names.set(node, { node, declaration: declarationOf(variable), isCaptured: false });
    }
  }
  const inOrder = [...names.values()].sort((a, b) => a.node.start - b.node.start);
  return { names: inOrder, catches: catchesOf(scopes) };
}

/** The nodes that are run in each round of a loop of their own function, and those loops. */
function nodesInLoops(program) {
  const loops = new Set();
  walk(program, (node, parent) => {
    if (!isFunction(node) && (isLoop(node) || loops.has(parent))) loops.add(node);
  });
  return loops;
}

function catchesOf(scopes) {
  const catches = [];
  const caught = new Map();
  for (const scope of scopes) {
    if (scope.type !== "catch") continue;
    const owner = scope.variableScope;
    if (!caught.has(owner)) caught.set(owner, new Set());
    for (const { name, identifiers } of scope.variables) {
      catches.push({ node: identifiers[0], names: owner.set, isRepeated: caught.get(owner).has(name) });
      caught.get(owner).add(name);
    }
  }
  return catches;
}

/**
 * The variables that are declared by a `var` in a block that may not run, and used outside it, as `{ owner, name, node }`: the
 * function, and a use. `program` is acorn's, with `ranges`.
 */
export function variablesOfBlocks(program) {
  const blocks = new Map(); // the innermost block around a node that may not run
  walk(program, (node, parent, key) => {
    if (isFunction(node)) return;
    const mayNotRun =
      (isLoop(parent ?? {}) && key === "body") || /^(consequent|alternate|block|handler|finalizer)$/.test(key ?? "");
    blocks.set(node, mayNotRun ? node : blocks.get(parent));
  });
  const found = [];
  for (const scope of analyze(program, { ecmaVersion: 2022, sourceType: program.sourceType }).scopes) {
    if (!isFunction(scope.block)) continue;
    for (const { name, defs, identifiers, references } of scope.variables) {
      const block = defs[0]?.type === "Variable" ? blocks.get(defs[0].node) : undefined;
      if (block === undefined) continue;
      const node = [...identifiers, ...references.map(each => each.identifier)].find(
        ({ start }) => start < block.start || start >= block.end,
      );
      if (node !== undefined) found.push({ owner: scope.block, name, node });
    }
  }
  return found;
}
