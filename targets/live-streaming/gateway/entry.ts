/**
 * Whether a request is let in, and what its sender is told about trying again: what the gate
 * decides, without the HTTP around it.
 */
import { type AdmittedPath, type Bucket, bucketOf, createAdmission } from "./admission.ts";
import { type Backoff, guidance } from "./guidance.ts";
import type { Utilisation } from "./utilisation.ts";

export interface EntryParts {
  readonly admission: boolean;
  readonly backoffGuidance: boolean;
  readonly utilisation: Utilisation;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface Entry {
  readonly bucket: Bucket;
  readonly admitted: boolean;
  /** Undefined when guidance is switched off. */
  backoff(): Backoff | undefined;
}

export function createEntry({
  admission,
  backoffGuidance,
  utilisation,
  random,
}: EntryParts): (path: AdmittedPath, kind: string | null) => Entry {
  const rules = createAdmission();
  return (path, kind) => {
    const bucket = bucketOf(path, kind);
    return {
      bucket,
      admitted: !admission || rules.admits(bucket, utilisation.now),
      backoff: () => (backoffGuidance ? guidance(bucket, utilisation.now, random()) : undefined),
    };
  };
}
