/**
 * Dissolves the objects that one function alone sees. A factory that is called once goes to its place of use, and an object
 * of which only properties are used becomes a variable for each property. So the functions that such an object has are
 * functions of one scope, which inline.mjs can put at their place of use. In MicroQuickJS a property takes 12 bytes and a
 * variable 8.
 */
import { addMapping, GenMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import { parse } from "acorn";
import { generate } from "astring";
import { analyze } from "eslint-scope";
import { isFunction, walk } from "./scope.mjs";

/**
 * `script` is one function and its call, of ECMAScript 2019, without `this`; a bare one is what such a function would have
 * inside. Returns the code and its source maps.
 */
export function dissolveObjects(script, isBare = false) {
  const code = isBare ? `(()=>{${script}\n})()` : script;
  const program = parse(code, { ecmaVersion: 2019, ranges: true, locations: true });
  separate(program);
  const index = createIndex(program, nameApart(program));
  while (index.names().some(name => moveFactory(name, index) || dissolveObject(name, index)));
  if (isBare) {
    program.body = program.body[0].expression.callee.body.body;
    arrowsToFunctions(program, index);
  }
  const map = new GenMapping({ file: "bundle.js" });
  const sourceMap = {
    file: "bundle.js",
    addMapping: ({ original, generated, source }) => addMapping(map, { original, generated, source }),
  };
  return { code: generate(program, { sourceMap }), maps: [toEncodedMap(map)] };
}

/** Declares the functions that are the value of a variable, since an arrow function takes more memory in Espruino. */
function arrowsToFunctions(program, { initOf, parents }) {
  walk(program, (node, parent) => {
    if (node.type !== "VariableDeclaration" || node.declarations[0].id.type !== "Identifier") return;
    if (parent !== program && !isFunction(parents.get(parent) ?? {})) return; // in a block
    const { id, init } = node.declarations[0];
    if (init?.type !== "ArrowFunctionExpression" || initOf(id.name) !== init) return;
    const statements = [{ type: "ReturnStatement", argument: init.body }];
    const body = init.body.type === "BlockStatement" ? init.body : { type: "BlockStatement", body: statements };
    Object.assign(node, { type: "FunctionDeclaration", id, params: init.params, body, declarations: undefined });
  });
}

/** Makes a declaration of each variable, and a statement of each expression before a returned one. */
function separate(program) {
  walk(program, node => {
    if (node.type === "ThisExpression") throw new Error("`this` would not be the object that was dissolved");
    if (node.type !== "BlockStatement") return;
    node.body = node.body.flatMap(statement => {
      if (statement.type === "VariableDeclaration")
        return statement.declarations.map(each => ({ ...statement, declarations: [each] }));
      if (statement.type !== "ReturnStatement" || statement.argument?.type !== "SequenceExpression") return [statement];
      const expressions = statement.argument.expressions;
      const before = expressions.slice(0, -1).map(expression => ({ type: "ExpressionStatement", expression }));
      return [...before, { ...statement, argument: expressions.at(-1) }];
    });
  });
}

/** Gives each variable a name that no other one has, so that it means the same in another scope. Returns these names. */
function nameApart(program) {
  const { scopes, globalScope } = analyze(program, { ecmaVersion: 2022, sourceType: "script" });
  const parents = new Map();
  walk(program, (node, parent) => parents.set(node, parent));
  const others = [...globalScope.through.map(({ identifier }) => identifier), ...globalScope.variables];
  const taken = new Set(others.map(({ name }) => name));
  const names = [];
  for (const { name, identifiers, references, defs } of scopes.slice(1).flatMap(({ variables }) => variables)) {
    if (defs.length === 0) continue; // `arguments`
    let apart = name;
    for (let i = 1; taken.has(apart); i++) apart = `${name}$${i}`;
    taken.add(apart);
    names.push(apart);
    if (apart === name) continue;
    for (const node of new Set([...identifiers, ...references.map(({ identifier }) => identifier)]))
      setName(node, apart, parents.get(node));
  }
  return names;
}

/** Moves a factory to the place where it is called, if that is one. */
function moveFactory(name, index) {
  const { parents, usesOf, initOf, isFixed } = index;
  const factory = initOf(name);
  if (!isFunction(factory ?? {})) return false;
  const uses = usesOf(name);
  const call = parents.get(uses[0]);
  if (uses.length !== 1 || call.type !== "CallExpression" || call.callee !== uses[0]) return false;
  const target = parents.get(call);
  const place = placeOf(parents.get(target), parents);
  const result = resultOf(factory);
  if (target.type !== "VariableDeclarator" || place === null || result === null) return false;
  if (call.arguments.length > factory.params.length || isWithin(call, factory, parents)) return false;
  if (![target.id, ...factory.params].every(({ type }) => type === "Identifier")) return false;

  const statements = [];
  factory.params.forEach((parameter, i) => {
    const value = call.arguments[i] ?? null;
    if (value !== null && isFixed(value) && isFixed(parameter)) index.unite(parameter.name, value);
    else statements.push(index.declare(parameter, value));
  });
  statements.push(...factory.body.body.slice(0, -1));
  if (isFixed(result) && isFixed(target.id)) index.unite(target.id.name, result);
  else statements.push(index.declare(target.id, result));
  index.put(place, statements);
  index.put(placeOf(parents.get(parents.get(factory)), parents), []);
  index.forget(name);
  return true;
}

/** Makes variables of the properties of an object, if nothing but properties of it is used. */
function dissolveObject(name, index) {
  const { parents, usesOf, initOf, isFixed } = index;
  const object = initOf(name);
  if (object?.type !== "ObjectExpression" || object.properties.length === 0) return false;
  const place = placeOf(parents.get(parents.get(object)), parents);
  const values = new Map(object.properties.map(({ key, value }) => [key?.name, value]));
  const isPlain = ({ type, kind, computed, key }) =>
    type === "Property" && kind === "init" && !computed && key.type === "Identifier";
  if (place === null || values.size < object.properties.length || !object.properties.every(isPlain)) return false;
  const members = usesOf(name).map(node => parents.get(node));
  const isKnown = ({ type, computed, object: of, property }) =>
    type === "MemberExpression" && !computed && of.name === name && values.has(property.name);
  if (!members.every(member => isKnown(member) && parents.get(member).operator !== "delete")) return false;

  const statements = [];
  for (const [key, value] of values) {
    const uses = members.filter(({ property }) => property?.name === key);
    if (value.type === "FunctionExpression") value.type = "ArrowFunctionExpression"; // a method
    const isAlias = isFixed(value) && !uses.some(node => isTarget(node, parents));
    const own = isAlias ? value.name : `${name}$${key}`;
    if (!isAlias) statements.push(index.declare({ type: "Identifier", name: own, loc: value.loc }, value));
    index.rename(uses, own);
  }
  index.put(place, statements);
  index.forget(name);
  return true;
}

/** Knows where the `names` of a program are declared and used, and keeps up with what the functions above change. */
function createIndex(program, names) {
  const parents = new Map();
  const declarations = new Map(names.map(name => [name, []]));
  const uses = new Map(names.map(name => [name, []]));
  walk(program, (node, parent, key) => {
    parents.set(node, parent);
    if (node.type !== "Identifier" || !uses.has(node.name)) return;
    if (/^(property|key)$/.test(key) && !parent.computed) return;
    (/^(id|param|params)$/.test(key) ? declarations : uses).get(node.name).push(node);
  });
  const usesOf = name => uses.get(name);

  function isFixed({ type, name }) {
    if (type !== "Identifier" || declarations.get(name)?.length !== 1) return false;
    return !usesOf(name).some(node => isTarget(node, parents));
  }

  /** The value that a variable always has. */
  function initOf(name) {
    const [declaration] = declarations.get(name);
    return declaration !== undefined && isFixed(declaration) ? parents.get(declaration).init : null;
  }

  function declare({ loc, name }, init) {
    const id = { type: "Identifier", name, loc };
    const declarator = { type: "VariableDeclarator", id, init };
    const declaration = { type: "VariableDeclaration", kind: "let", declarations: [declarator] };
    parents.set(id, declarator).set(init, declarator).set(declarator, declaration);
    declarations.set(name, [id]);
    if (!uses.has(name)) uses.set(name, []);
    return declaration;
  }

  /** Puts a name in the place of others, or of properties. */
  function rename(nodes, name) {
    for (const node of nodes) {
      setName(node, name, parents.get(node));
      usesOf(name).push(node);
    }
  }

  /** Replaces a variable by the one that `node` names, which is not needed any more. */
  function unite(name, node) {
    uses.set(
      node.name,
      usesOf(node.name).filter(use => use !== node),
    );
    rename(usesOf(name), node.name);
    forget(name);
  }

  function put({ block, index }, statements) {
    block.body.splice(index, 1, ...statements);
    for (const statement of statements) parents.set(statement, block);
  }

  function forget(name) {
    declarations.delete(name);
    uses.delete(name);
  }

  return { parents, usesOf, initOf, isFixed, declare, rename, unite, put, forget, names: () => [...uses.keys()] };
}

function isTarget(node, parents) {
  const parent = parents.get(node);
  return /^(Update|Assignment)Expression$|^For(In|Of)/.test(parent.type) && parent.right !== node;
}

function isWithin(node, outer, parents) {
  for (let at = node; at !== null; at = parents.get(at)) if (at === outer) return true;
  return false;
}

/** Where the declaration of one variable stands, if it runs once in each run of its function. */
function placeOf(declaration, parents) {
  const block = parents.get(declaration);
  if (declaration.type !== "VariableDeclaration" || !isFunction(parents.get(block) ?? {})) return null;
  return block.type === "BlockStatement" ? { block, index: block.body.indexOf(declaration) } : null;
}

/** What a factory returns in its last statement; null when it may return before, or creates no function. */
function resultOf({ body }) {
  if (body.type !== "BlockStatement") return null;
  let isFactory = false;
  let returns = 0;
  walk(body, function (node) {
    if (node.type === "ReturnStatement") returns++;
    if (!isFunction(node)) return;
    isFactory = true;
    this.skip();
  });
  const last = body.body.at(-1);
  return isFactory && returns === 1 && last.type === "ReturnStatement" ? last.argument : null;
}

function setName(node, name, parent) {
  if (parent.shorthand) {
    parent.shorthand = false;
    parent.key = { ...parent.key };
  }
  delete node.object;
  delete node.property;
  node.type = "Identifier";
  node.name = name;
}
