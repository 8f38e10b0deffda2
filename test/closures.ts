/** Looks into an object as a debugger does: at the variables of its functions, too. In Node. */
import { Session } from "node:inspector";

interface Value {
  type: string;
  subtype?: string;
  className?: string;
  value?: unknown;
  unserializableValue?: string;
  description?: string;
  objectId?: string;
}
interface Property {
  name: string;
  value?: Value;
}

/** Names that the test runner and the compiler give to variables of a module. */
const OF_RUNNER = /^(__vi|import_)/;

/**
 * All that `root` reaches: its properties and elements, the variables that its functions have captured, and theirs, as
 * `path: value` in the order in which they are found; bytes and numbers of a typed array are one value. Leaves out globals.
 */
export function reachedFrom(root: object): string[] {
  const session = new Session();
  session.connect();
  const ask = (method: string, parameters: object): Record<string, unknown> => {
    let found: Record<string, unknown> = {};
    session.post(method, parameters, (error, result) => {
      if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
      found = result as Record<string, unknown>;
    });
    return found;
  };
  const seen = new WeakSet<object>();
  const known = globalThis as { reached?: object };
  known.reached = {
    isNew: (object: object) => !seen.has(object) && seen.add(object) !== null,
    elementsOf: (array: ArrayLike<number>) => Array.from(array).join(" "),
    root,
  };
  const call = (objectId: string, name: string) =>
    (
      ask("Runtime.callFunctionOn", {
        objectId,
        functionDeclaration: `function () { return reached.${name}(this); }`,
        returnByValue: true,
      }).result as Value
    ).value;
  const lines: string[] = [];

  function visit(path: string, value: Value): void {
    const { type, subtype, objectId } = value;
    if (objectId === undefined) {
      lines.push(`${path}: ${value.unserializableValue ?? String(value.value)}`);
    } else if (call(objectId, "isNew")) {
      if (subtype === "typedarray") lines.push(`${path}: ${value.className} ${call(objectId, "elementsOf")}`);
      else if (type === "function" || subtype === undefined || subtype === "array") visitAll(path, objectId);
    }
  }

  function visitAll(path: string, objectId: string): void {
    const { result, internalProperties = [] } = ask("Runtime.getProperties", { objectId, ownProperties: true }) as {
      result: Property[];
      internalProperties?: Property[];
    };
    for (const { name, value } of result)
      if (value !== undefined && !OF_RUNNER.test(name)) visit(`${path}.${name}`, value);
    const scopes = internalProperties.find(({ name }) => name === "[[Scopes]]")?.value?.objectId;
    if (scopes === undefined) return;
    const { result: all } = ask("Runtime.getProperties", { objectId: scopes, ownProperties: true }) as {
      result: Property[];
    };
    // a scope is an object of the debugger, another one each time; its variables are those of the program
    for (const { value } of all)
      if (value?.objectId !== undefined && value.description !== "Global") visitAll(path, value.objectId);
  }

  try {
    visit("", ask("Runtime.evaluate", { expression: "reached.root" }).result as Value);
  } finally {
    delete known.reached;
    session.disconnect();
  }
  return lines;
}
