/** Whether the machine is this one's alone, as far as it can tell. */
import { setTimeout as sleep } from "node:timers/promises";
import { deniedSeconds } from "../../harness/system/starvation.ts";

/** Of a core: far below the fifth of the machine from which on a run no longer counts. */
const deniedShareMax = 0.05;
const [spinMs, pauseMs] = [2_000, 20_000];

/**
 * Resolves when hardly anything is taken of the machine from outside; answers false when that was
 * not so until `untilMs` (of `performance.now()`).
 */
export async function untilQuiet(untilMs: number): Promise<boolean> {
  for (;;) {
    if (deniedShare() <= deniedShareMax) return true;
    if (performance.now() + pauseMs >= untilMs) return false;
    await sleep(pauseMs);
  }
}

/** Of a core that works for a while: what is taken of an idle one does not show. 0…2 */
function deniedShare(): number {
  const [before, beganMs] = [total(), performance.now()];
  while (performance.now() - beganMs < spinMs);
  return (total() - before) / ((performance.now() - beganMs) / 1000);
}

function total(): number {
  const { steal, throttling } = deniedSeconds();
  return steal + throttling;
}
