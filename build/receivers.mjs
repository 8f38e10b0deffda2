/**
 * Finds the types that methods are called on, by TypeScript. A bundle does not show whether `x.indexOf` is the method of a
 * string, which every engine has, that of a typed array, which MicroQuickJS lacks, or a function of our own.
 */
import { join } from "node:path";
import ts from "typescript";

/** The interfaces of TypeScript's library whose methods every engine has: a method may come from these. */
const OWNERS = ["Array", "ReadonlyArray", "String"];

/**
 * Returns `isProven(source, line, method, isEverywhere)`: whether all calls of `method` on that line of `source`, which is
 * relative to `root`, are calls of our own functions, or (with `isEverywhere`) of methods of arrays and strings. The first
 * call reads `roots` and the files that they import.
 */
export function createReceivers(root, roots, options) {
  let program;
  return (source, line, method, isEverywhere) => {
    program ??= ts.createProgram(roots, options);
    const file = source === undefined ? undefined : program.getSourceFile(join(root, source));
    if (file === undefined) return false;
    const checker = program.getTypeChecker();
    const answers = [];
    const visit = node => {
      if (ts.isPropertyAccessExpression(node) && node.name.text === method) {
        const at = file.getLineAndCharacterOfPosition(node.name.getStart(file)).line + 1;
        if (at === line) answers.push(isKnown(program, checker.getSymbolAtLocation(node.name), isEverywhere));
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    return answers.length > 0 && answers.every(Boolean);
  };
}

/** A member of `any` has no symbol, one of a union the declarations of all its types. */
function isKnown(program, symbol, isEverywhere) {
  const declarations = symbol?.declarations ?? [];
  return (
    declarations.length > 0 &&
    declarations.every(declaration => {
      if (!program.isSourceFileDefaultLibrary(declaration.getSourceFile())) return true;
      return isEverywhere && OWNERS.includes(declaration.parent.name?.text);
    })
  );
}
