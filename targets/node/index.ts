/** pkg0 for Node. */
export * from "../../src/index.ts";
