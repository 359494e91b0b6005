/** The admission decision and the retry guidance for a request, without HTTP. */
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
  /** Undefined if guidance is switched off. */
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
