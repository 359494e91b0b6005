/**
 * The `options` that a k6 script exports. Its top level runs here, because it may compute them.
 * k6's modules are stand-ins that accept any call. No export of the script is called.
 */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { createContext, Script } from "node:vm";
import { SeawallError } from "../base/errors.ts";
import { bundled } from "./bundle.ts";

const withinMs = 2_000;

/** Plain data; empty where the script exports none. `env`: what it finds in `__ENV`. */
export async function scriptOptions(
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const text = await bundled(`export * from ${JSON.stringify(path)};`, dirname(path), path, "cjs");
  const module = { exports: {} as Record<string, unknown> };
  const globals = {
    module,
    exports: module.exports,
    require: () => anything(),
    __ENV: { SEAWALL_LOAD: JSON.stringify(settingsAtFirst), ...env },
    __VU: 0,
    __ITER: 0,
    open: (file: string, mode?: string) =>
      mode === "b" ? readFileSync(local(file)) : readFileSync(local(file), "utf8"),
    console: { log() {}, info() {}, debug() {}, warn() {}, error() {} },
    setTimeout() {},
    TextEncoder,
    TextDecoder,
  };
  try {
    new Script(text, { filename: path }).runInContext(createContext(globals), {
      timeout: withinMs,
    });
    // What came from another context is not of this one's types.
    return JSON.parse(JSON.stringify(module.exports["options"] ?? {})) as Record<string, unknown>;
  } catch (error) {
    throw new SeawallError(
      "EXPERIMENT_MALFORMED",
      `the options of the workload ${path} cannot be read: ${(error as Error).message}`,
      {
        cause: error,
        hint: "Its top level runs once to read them. It must not need what only a run has.",
      },
    );
  }
}

function local(file: string): string | URL {
  return file.startsWith("file:") ? new URL(file) : file;
}

/** As much of what a run tells as a script may read before anything is planned. */
const settingsAtFirst = {
  seed: 1,
  leadInMs: 0,
  phasesMs: { baseline: 0, fault: 0, recovery: 0 },
  entries: [{ name: "entry", url: "http://127.0.0.1" }],
  others: {},
  scenarios: {},
};

/** Whatever is asked of it, or done with it, gives the same again. */
function anything(): unknown {
  const stand: object = new Proxy(function stand() {}, {
    get: (_target, name) => {
      if (name === "then" || name === "toJSON") return undefined;
      if (name === Symbol.toPrimitive) return () => "";
      if (name === Symbol.iterator) return () => [][Symbol.iterator]();
      return stand;
    },
    apply: () => stand,
    construct: () => stand,
  });
  return stand;
}
