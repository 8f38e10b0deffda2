/** Joins assignments of one constant to several places, as in `a.b=0,a.c=0`, which becomes `a.b=a.c=0`. */
import { parse } from "acorn";
import MagicString from "magic-string";
import { walk } from "./scope.mjs";

/** `code` is a minified script. Returns it, and its source map. */
export function chainAssignments(code) {
  const chained = new MagicString(code);
  walk(parse(code, { ecmaVersion: 2019 }), node => {
    if (node.type !== "SequenceExpression") return;
    const { expressions } = node;
    for (let i = 1; i < expressions.length; i++) {
      const [first, second] = [expressions[i - 1], expressions[i]];
      if (constantOf(code, first) !== null && constantOf(code, first) === constantOf(code, second))
        chained.remove(first.right.start, second.left.start);
    }
  });
  return { code: chained.toString(), maps: [JSON.parse(chained.generateMap({ hires: true }).toString())] };
}

/** The text of the constant that an expression assigns to a variable or to a property of one; else null. */
function constantOf(code, { type, operator, left, right }) {
  if (type !== "AssignmentExpression" || operator !== "=") return null;
  const isPlace =
    left.type === "Identifier" ||
    (left.type === "MemberExpression" && !left.computed && left.object.type === "Identifier");
  const isConstant =
    (right.type === "Literal" && right.regex === undefined) ||
    (right.type === "UnaryExpression" && right.argument.type === "Literal");
  return isPlace && isConstant ? code.slice(right.start, right.end) : null;
}
