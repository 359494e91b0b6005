/**
 * `import … from "seawall"` is this very harness, wherever the importing file is. A target that was
 * described with another copy would be unknown to the one that runs.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Entry = string | { readonly default: string };

const answering = new Set<string>();

/** Answers for the entries that the harness's own `package.json` lists. */
export function answerForEntries(root: string): void {
  if (answering.has(root)) return;
  answering.add(root);
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, Entry>>;
  };
  const urls = new Map(
    Object.entries(exports).map(([subpath, entry]) => [
      subpath.replace(/^\./, name),
      pathToFileURL(join(root, typeof entry === "string" ? entry : entry.default)).href,
    ]),
  );
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = urls.get(specifier);
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
  });
}
