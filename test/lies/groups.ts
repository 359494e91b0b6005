/** Every group of planted lies. The README gives their number. */
import { comparisons } from "./comparisons.ts";
import { copiedWitnesses } from "./copied-witnesses.ts";
import { decidedByLoad } from "./decided-by-load.ts";
import { faultLies } from "./faults.ts";
import { frozenMetrics } from "./frozen-metrics.ts";
import { hiddenRefusals } from "./hidden-refusals.ts";
import type { LieGroup } from "./lie.ts";
import { loads } from "./load.ts";
import { lyingWitnesses } from "./lying-witnesses.ts";
import { nonsenseTargets } from "./nonsense-targets.ts";
import { otherAudiences } from "./other-audiences.ts";
import { realLies } from "./real.ts";
import { records } from "./record.ts";
import { runnerLies } from "./runners.ts";
import { silentServices } from "./silent-services.ts";
import { telemetryLies } from "./telemetry.ts";
import { unfailableClaims } from "./unfailable-claims.ts";
import { unusedServices } from "./unused-services.ts";

export const groups: readonly LieGroup[] = [
  nonsenseTargets,
  unfailableClaims,
  decidedByLoad,
  silentServices,
  telemetryLies,
  frozenMetrics,
  records,
  lyingWitnesses,
  copiedWitnesses,
  hiddenRefusals,
  loads,
  runnerLies,
  otherAudiences,
  faultLies,
  unusedServices,
  comparisons,
  realLies,
];
