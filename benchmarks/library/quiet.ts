/** Whether other tenants take processor time from this machine, as far as it can observe. */
import { setTimeout as sleep } from "node:timers/promises";
import { deniedSeconds } from "../../harness/system/starvation.ts";

/** Of a core: far below the fifth of the machine from which a run no longer counts. */
const deniedShareMax = 0.05;
const [spinMs, pauseMs] = [2_000, 20_000];

/**
 * Resolves true when almost nothing is taken from outside, false if that did not happen until
 * `untilMs` (of `performance.now()`).
 */
export async function untilQuiet(untilMs: number): Promise<boolean> {
  for (;;) {
    if (deniedShare() <= deniedShareMax) return true;
    if (performance.now() + pauseMs >= untilMs) return false;
    await sleep(pauseMs);
  }
}

/** Measured while a core works, because an idle core shows no stolen time. 0…2 */
function deniedShare(): number {
  const [before, beganMs] = [total(), performance.now()];
  while (performance.now() - beganMs < spinMs);
  return (total() - before) / ((performance.now() - beganMs) / 1000);
}

function total(): number {
  const { steal, throttling } = deniedSeconds();
  return steal + throttling;
}
