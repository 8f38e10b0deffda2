/**
 * Turns function declarations into arrow functions, for which terser needs fewer bytes: 3 % of a bundle (measured). No
 * function of a bundle uses `this` or is called before its declaration, because Espruino does not hoist. Lines do not
 * change, and columns only in names and parameters, so source maps stay right.
 */
import ts from "typescript";

/** `code` is TypeScript with a line end after each declaration. */
export function functionsToArrows(code) {
  const source = ts.createSourceFile("source.ts", code, ts.ScriptTarget.ES2019, true);
  const edits = []; // `[from, to, text]`
  const visit = node => {
    const isDefault = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
    if (ts.isFunctionDeclaration(node) && !isDefault && !ownThis(node.body)) {
      const keyword = node.getChildren().find(({ kind }) => kind === ts.SyntaxKind.FunctionKeyword);
      const name = node.name.getEnd();
      const body = node.body.getStart();
      edits.push([keyword.getStart(), keyword.getEnd(), "const"], [name, name, "="]);
      // "function" and the blank before the body are one character longer than "const", "=" and "=>"
      edits.push([body - 1, body, " =>"]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  let arrows = "";
  let at = 0;
  for (const [from, to, text] of edits.sort(([a], [b]) => a - b)) {
    arrows += code.slice(at, from) + text;
    at = to;
  }
  return arrows + code.slice(at);
}

function ownThis(node) {
  if (node.kind === ts.SyntaxKind.ThisKeyword || (ts.isIdentifier(node) && node.text === "arguments")) return true;
  return ts.forEachChild(node, child => ownThis(child) || undefined) === true;
}
