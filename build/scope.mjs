/** Finds the declaration that each name of a script refers to: only as much scope analysis as dialect.mjs needs. */

/** Calls `visit(node, parent, key)` for a node of an ESTree and all nodes below it, in the order of the source. */
export function walk(node, visit, parent = null, key = "") {
  visit(node, parent, key);
  for (const [name, child] of Object.entries(node)) {
    for (const each of Array.isArray(child) ? child : [child]) {
      if (each !== null && typeof each === "object" && typeof each.type === "string") walk(each, visit, node, name);
    }
  }
}

export function isFunction(node) {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

export function isLoop(node) {
  return /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);
}

/**
 * `names`: every identifier that is a name, as `{ node, declaration, isCaptured }`. `declaration` is null for a global,
 * else `{ name, start, scope }`; `isCaptured` tells that the name is used in another function than the one that declares it.
 * `catches`: every catch variable, as `{ node, names, isRepeated }`: the names that its function declares, and whether an
 * earlier catch of the function has the same.
 */
export function resolveNames(program) {
  const scopes = new Map();
  const catches = [];
  declareAll(program, scopes, catches);
  const names = [];
  const resolve = (node, scope) => {
    const own = scopes.get(node);
    if (node.type === "Identifier") names.push(lookUp(node, scope));
    for (const [key, child] of Object.entries(node)) {
      // the name of a function is not one of the names in it: a parameter may be called the same
      if (isLabelOrKey(node, key) || (isFunction(node) && key === "id")) continue;
      for (const each of Array.isArray(child) ? child : [child]) {
        if (each !== null && typeof each === "object" && typeof each.type === "string") resolve(each, own ?? scope);
      }
    }
  };
  resolve(program, null);
  return { names, catches };
}

function isLabelOrKey(node, key) {
  if (node.type === "MemberExpression") return key === "property" && !node.computed;
  if (/^(Property|MethodDefinition|PropertyDefinition)$/.test(node.type)) return key === "key" && !node.computed;
  if (node.type === "ExportSpecifier") return key === "exported";
  return key === "label" || node.type === "MetaProperty";
}

function lookUp(node, from) {
  let isCaptured = false;
  for (let scope = from; scope !== null; scope = scope.parent) {
    const start = scope.names.get(node.name);
    if (start !== undefined) return { node, declaration: { name: node.name, start, scope }, isCaptured };
    if (scope.isFunction) isCaptured = true;
  }
  return { node, declaration: null, isCaptured };
}

/** Gives each function, block, loop, catch and class a scope `{ parent, isFunction, isInLoop, names: name -> start }`. */
function declareAll(program, scopes, catches) {
  const enter = (node, scope) => {
    let inner = scope;
    if (
      node.type === "Program" ||
      isFunction(node) ||
      isLoop(node) ||
      /^(BlockStatement|SwitchStatement|CatchClause|ClassExpression)$/.test(node.type)
    ) {
      const isFunctionScope = node.type === "Program" || isFunction(node);
      const isInLoop = !isFunctionScope && (isLoop(node) || scope.isInLoop);
      inner = { parent: scope, isFunction: isFunctionScope, isInLoop, names: new Map(), catchNames: [] };
      scopes.set(node, inner);
    }
    if (node.type === "VariableDeclaration") {
      const target = node.kind === "var" ? functionOf(scope) : scope;
      for (const declarator of node.declarations) for (const id of namesIn(declarator.id)) declare(target, id);
    } else if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") {
      if (node.id !== null) declare(scope, node.id);
    } else if (node.type === "ClassExpression" || node.type === "FunctionExpression") {
      if (node.id !== null) declare(inner, node.id);
    }
    if (isFunction(node)) {
      inner.names.set("arguments", node.start);
      for (const parameter of node.params) for (const id of namesIn(parameter)) declare(inner, id);
    }
    if (node.type === "CatchClause" && node.param !== null) {
      for (const id of namesIn(node.param)) {
        declare(inner, id);
        const owner = functionOf(scope);
        catches.push({ node: id, names: owner.names, isRepeated: owner.catchNames.includes(id.name) });
        owner.catchNames.push(id.name);
      }
    }
    for (const child of Object.values(node)) {
      for (const each of Array.isArray(child) ? child : [child]) {
        if (each !== null && typeof each === "object" && typeof each.type === "string") enter(each, inner);
      }
    }
  };
  enter(program, null);
}

function functionOf(scope) {
  return scope.isFunction ? scope : functionOf(scope.parent);
}

function declare(scope, id) {
  const start = scope.names.get(id.name);
  if (start === undefined || id.start < start) scope.names.set(id.name, id.start);
}

function namesIn(pattern) {
  const ids = [];
  walk(pattern, (node, parent, key) => {
    if (
      node.type === "Identifier" &&
      !(parent !== null && isLabelOrKey(parent, key)) &&
      !(parent?.type === "AssignmentPattern" && key === "right")
    )
      ids.push(node);
  });
  return ids;
}
