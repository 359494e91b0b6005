/** How source files are named here. */
import { existsSync } from "node:fs";
import { extname, join } from "node:path";

/** `.ts` in the checkout, `.js` in the package, which is compiled. */
export const ending = extname(import.meta.filename);

/** A module by name. Those of a user are no more compiled in the package than in the checkout. */
export function moduleIn(folder: string, name: string): string {
  const paths = [ending, ".ts", ".js"].map((one) => join(folder, `${name}${one}`));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
}

/** Modules in a folder by name. Declarations of types and tests are none. */
export const isModule = (path: string): boolean =>
  path.endsWith(ending) && !path.endsWith(".d.ts") && !isTest(path);

/** Tests are next to what they test; their helpers are in `test/support/` and are not sources. */
export const isTest = (path: string): boolean => path.endsWith(".test.ts");
