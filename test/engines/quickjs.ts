import ngVariant from "@jitl/quickjs-ng-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, type QuickJSSyncVariant, RELEASE_SYNC } from "quickjs-emscripten";

/** QuickJS and QuickJS-ng in WebAssembly: `npm ci` installs them. */
export const QUICKJS: Record<string, QuickJSSyncVariant> = { QuickJS: RELEASE_SYNC, "QuickJS-ng": ngVariant };

/** A script that has been run under a memory limit. */
export interface Board {
  /** The lines that it printed, and the error that it threw. */
  lines: string[];
  /** Evaluates more code in the same engine; throws the code's error. */
  evaluate(code: string): void;
  /** Bytes of everything that lives in the engine: its own data, the script's code and data. */
  usedBytes(): number;
  dispose(): void;
}

/**
 * Runs `script` in a fresh engine. In these builds the engine's own limit counts only the 8 bytes before each block
 * (measured: with 30 KiB a script reached 150), so the limit only stops endless allocation; tests compare `usedBytes`.
 */
export async function runInQuickjs(variant: QuickJSSyncVariant, limitBytes: number, script: string): Promise<Board> {
  const quickjs = await newQuickJSWASMModuleFromVariant(variant);
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(limitBytes);
  const context = runtime.newContext();
  const lines: string[] = [];
  const print = context.newFunction("print", line => {
    lines.push(context.getString(line));
  });
  context.setProp(context.global, "print", print);
  print.dispose();
  const evaluate = (code: string): void =>
    context.unwrapResult(context.evalCode(code, "script.js", { type: "global" })).dispose();
  try {
    evaluate(script);
  } catch (error) {
    lines.push(String(error));
  }
  return {
    lines,
    evaluate,
    usedBytes(): number {
      const usage = runtime.computeMemoryUsage();
      const { memory_used_size } = context.dump(usage);
      usage.dispose();
      return memory_used_size;
    },
    dispose(): void {
      context.dispose();
      runtime.dispose();
    },
  };
}
