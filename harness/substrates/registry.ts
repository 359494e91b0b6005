/** The adapters of the listed substrates, each loaded when it is asked for, so that nobody pays for the others. */
import { extname } from "node:path";
import { isSubstrate, type SubstrateName } from "../core/substrates.ts";
import type { SubstrateAdapter } from "./adapter.ts";

/** `.js` where this was compiled. */
const ending = extname(import.meta.filename);

/** By its folder's name: the list in `core/substrates.ts` is the only other place that knows it. */
export async function adapterOf(name: SubstrateName): Promise<SubstrateAdapter> {
  const module = await import(`./${name}/adapter${ending}`) as { readonly adapter: SubstrateAdapter };
  return module.adapter;
}

/** Removes what a dead run left on a substrate, wherever its ledger says; returns what could not be removed. */
export async function undoOn(runId: string, at: string, substrate: string): Promise<readonly string[]> {
  const adapter = isSubstrate(substrate) ? await adapterOf(substrate) : undefined;
  if (adapter?.undo === undefined) return [`what it made on the substrate ${JSON.stringify(substrate)} at ${at}, which this version cannot undo`];
  return adapter.undo(runId, at);
}
