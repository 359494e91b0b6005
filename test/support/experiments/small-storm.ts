/**
 * The origin storm of the catalogue with a fifth of its viewers, as a file of one's own: for what
 * commands do with a run in virtual time.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
const share = 0.2;

/** Written to `folder`; the result is what to type there. */
export function smallStorm(folder: string): string {
  writeFileSync(
    join(folder, "storm.ts"),
    `
    import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
    const few = (rates) =>
      Object.fromEntries(Object.entries(rates).map(([phase, rate]) => [phase, rate * ${share}]));
    const less = ({ samplesMin }) => ({ samplesMin: Math.ceil(samplesMin * ${share}) });
    export default { ...base,
      load: base.load.map((load) => ({ ...load, ratePerSecond: few(load.ratePerSecond) })),
      hypothesis: base.hypothesis.map((claim) => ({ ...claim, ...less(claim) })) };`,
  );
  return "./storm.ts";
}
