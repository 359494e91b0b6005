/** The admission decision and the retry guidance for a request, without HTTP. */
import { type AdmittedPath, type Bucket, bucketOf, createAdmission } from "./admission.ts";
import { type Backoff, guidance } from "./guidance.ts";
import type { Utilisation } from "./utilisation.ts";

export interface AdmissionParts {
  readonly admission: boolean;
  readonly backoffGuidance: boolean;
  readonly utilisation: Utilisation;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface AdmissionDecision {
  readonly bucket: Bucket;
  readonly admitted: boolean;
  /** Undefined if guidance is switched off. */
  backoff(): Backoff | undefined;
}

export function createAdmissionDecision({
  admission,
  backoffGuidance,
  utilisation,
  random,
}: AdmissionParts): (path: AdmittedPath, kind: string | null) => AdmissionDecision {
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
