/** Every group of planted lies; the README counts them. */
import type { LieGroup } from "./lie.ts";
import { records } from "./record.ts";
import { nonsenseTargets } from "./nonsense-targets.ts";

export const groups: readonly LieGroup[] = [nonsenseTargets, records];
