/** How source files are named here. */
import { extname } from "node:path";

/** `.ts` in the checkout, `.js` in the package, which is compiled. */
export const ending = extname(import.meta.filename);

/** Modules in a folder by name. Declarations of types and tests are none. */
export const isModule = (path: string): boolean =>
  path.endsWith(ending) && !path.endsWith(".d.ts") && !isTest(path);

/** Tests are next to what they test; their helpers are in `test/support/` and are not sources. */
export const isTest = (path: string): boolean => path.endsWith(".test.ts");
