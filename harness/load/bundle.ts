/**
 * Makes one file of a k6 script and all that it imports: TypeScript, packages of `node_modules`,
 * JSON. k6's own modules stay imports. `open()` finds a file beside the script that calls it, as it
 * does in k6 without a bundle.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import {
  type BuildFailure,
  type BuildOptions,
  buildSync,
  build,
  type Loader,
  type Metafile,
  type Plugin,
  transform,
} from "esbuild";
import { SeawallError } from "../base/errors.ts";
import { ending } from "../system/sources.ts";

/** What a script and its imports are made of. */
export interface ScriptModule {
  /** `default` among them. */
  readonly exports: readonly string[];
  /** The files, the script itself among them. */
  readonly files: readonly string[];
  /** A hash of what they make together. */
  readonly version: string;
}

const options = {
  bundle: true,
  write: false,
  metafile: true,
  format: "esm",
  platform: "neutral",
  // As k6 runs it: packages for browsers as well as for Node.
  mainFields: ["module", "main"],
  conditions: ["import", "default"],
  target: "es2022",
  external: ["k6", "k6/*"],
  logLevel: "silent",
  absWorkingDir: "/",
  // Always the harness that runs, as for experiments and targets: a script may lie anywhere.
  alias: { "seawall/k6": join(import.meta.dirname, `../k6${ending}`) },
  charset: "utf8",
} as const satisfies BuildOptions;

/** Throws `EXPERIMENT_MALFORMED` where k6 could not run it. */
export function scriptModule(path: string): ScriptModule {
  try {
    const { metafile, outputFiles } = buildSync({
      ...options,
      entryPoints: [path],
      outfile: "script.js",
      // Names of folders would make another version of the same script elsewhere.
      minifyWhitespace: true,
      legalComments: "none",
    });
    refuseRemote(path, metafile);
    return {
      version: createHash("sha256")
        .update(outputFiles[0]?.text ?? "")
        .digest("hex")
        .slice(0, 12),
      exports: Object.values(metafile.outputs)[0]?.exports ?? [],
      files: Object.keys(metafile.inputs).map((file) => join("/", file)),
    };
  } catch (error) {
    throw malformed(path, error);
  }
}

/** `from`: the folder that the imports of `script` start from. `named`: for messages. */
export async function bundled(
  script: string,
  from: string,
  named: string,
  format: "esm" | "cjs" = "esm",
): Promise<string> {
  try {
    const { outputFiles } = await build({
      ...options,
      format,
      stdin: { contents: script, resolveDir: from, sourcefile: "seawall-entry.js", loader: "js" },
      outfile: "script.js",
      // k6 names the lines of the scripts in its errors.
      sourcemap: format === "esm" ? "inline" : false,
      plugins: [openBesideScript],
    });
    return outputFiles[0]?.text ?? "";
  } catch (error) {
    throw malformed(named, error);
  }
}

/** Node's and esbuild's own words, with the place. */
function malformed(path: string, error: unknown): SeawallError {
  if (error instanceof SeawallError) return error;
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  const place = first?.location;
  const where = place == null ? "" : `${place.file}:${place.line}:${place.column + 1}: `;
  return new SeawallError(
    "EXPERIMENT_MALFORMED",
    `the workload ${path} is not a module that k6 can run: ` +
      `${where}${first?.text ?? (error as Error).message.split("\n")[0]}`,
    { hint: "`k6 inspect FILE` shows the error of k6." },
  );
}

/** What another host serves today may be another script tomorrow, and is outside the fence. */
function refuseRemote(path: string, { outputs }: Metafile): void {
  const remote = Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .find(({ path: imported }) => /^https?:/.test(imported));
  if (remote === undefined) return;
  throw new SeawallError(
    "EXPERIMENT_MALFORMED",
    `the workload ${path} imports ${remote.path}: no module is loaded from another host`,
    { hint: "Install it with npm, or keep a copy beside the script." },
  );
}

const loaders: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".jsx": "jsx",
};
const opener = "seawall-open";

/**
 * In one file there is one folder, and every script had its own. Only the `open` of k6 itself is
 * replaced: esbuild tells it from a variable of that name.
 */
const openBesideScript: Plugin = {
  name: "open-beside-script",
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^seawall-open$/ }, () => ({ path: opener, namespace: opener }));
    onLoad({ filter: /.*/, namespace: opener }, () => ({
      contents:
        `export const openFrom = (folder) => (path, ...rest) =>\n` +
        `  open(/^(?:\\/|[a-z]+:\\/\\/)/.test(path) ? path : folder + "/" + path, ...rest);\n`,
    }));
    onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, async ({ path }) => {
      const text = readFileSync(path, "utf8");
      const loader = loaders[extname(path)] ?? "js";
      if (!/\bopen\s*\(/.test(text) || path.includes("/node_modules/"))
        return { contents: text, loader };
      const { code } = await transform(text, {
        loader,
        sourcefile: path,
        sourcemap: "inline",
        define: { open: "seawallOpen" },
      });
      const folder = JSON.stringify(dirname(path));
      return {
        contents:
          `import { openFrom as seawallOpenFrom } from "${opener}";` +
          `const seawallOpen = seawallOpenFrom(${folder});\n${code}`,
        loader: "js",
      };
    });
  },
};
