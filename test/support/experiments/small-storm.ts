/**
 * The catalogue's origin storm with a fifth of its viewers and half its time. It is written as a
 * user's own file, for commands that run it in virtual time.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
const share = 0.2;

/** Writes it to `folder` and returns its argument for the command line. */
export function smallStorm(folder: string, name = "origin-storm"): string {
  const file = `${name}.ts`;
  writeFileSync(
    join(folder, file),
    `
    import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
    const few = (rates) =>
      Object.fromEntries(Object.entries(rates).map(([phase, rate]) => [phase, rate * ${share}]));
    const less = ({ samplesMin }) => ({ samplesMin: Math.ceil((samplesMin * ${share}) / 2) });
    export default { ...base, name: ${JSON.stringify(name)},
      phasesMs: { baseline: 8_000, fault: 12_000, recovery: 16_000 },
      recovery: { ...base.recovery, withinMs: 4_000 },
      method: base.method.map(({ fault }) => ({ atMs: 3_000, forMs: 5_000, fault })),
      load: base.load.map((load) => ({ ...load, ratePerSecond: few(load.ratePerSecond) })),
      hypothesis: base.hypothesis.map((claim) => ({ ...claim, ...less(claim) })) };`,
  );
  return `./${file}`;
}
