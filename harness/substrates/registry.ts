/** The adapters of the listed substrates; each is loaded on demand. */
import { extname } from "node:path";
import { isSubstrate, type SubstrateName } from "../record/substrates.ts";
import type { Changed, SubstrateAdapter } from "./adapter.ts";

/** `.js` in the compiled package. */
const ending = extname(import.meta.filename);

/**
 * Loads the adapter from the folder of its name; only the list in `record/substrates.ts` contains
 * that name, too.
 */
export async function adapterOf(name: SubstrateName): Promise<SubstrateAdapter> {
  const { href } = new URL(`${name}/adapter${ending}`, import.meta.url);
  const module = (await import(href)) as { readonly adapter: SubstrateAdapter };
  return module.adapter;
}

/** Undoes what a dead run left on a substrate; returns what could not be undone. */
export async function undoOn(
  runId: string,
  at: string,
  substrate: string,
  changed: readonly Changed[] = [],
): Promise<readonly string[]> {
  const adapter = isSubstrate(substrate) ? await adapterOf(substrate) : undefined;
  if (adapter?.undo !== undefined) return adapter.undo(runId, at, changed);
  const what = `what it made on the substrate ${JSON.stringify(substrate)} at ${at}`;
  return [`${what}, which this version cannot undo`];
}
