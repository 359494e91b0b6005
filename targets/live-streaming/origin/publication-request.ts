/**
 * Validates a PUT's head before its body is read. An invalid one is refused with the status of its
 * problem.
 */
import { type Leaf, leafOf, parseAddress } from "../stream/address.ts";
import { segmentInProduction } from "../stream/template.ts";
import { parseToken } from "../stream/token.ts";
import { type Defect, parseDefects } from "../stream/candidate.ts";

export interface PublicationRules {
  readonly event: string;
  readonly renditions: readonly string[];
  readonly ownPipelines: readonly string[];
  readonly dvrWindowSegments: number;
  readonly nowMs: number;
  /** Whether the event ended before this segment. */
  readonly isOver: (number: number) => boolean;
}

export interface PublicationRequest {
  readonly leaf: Leaf;
  readonly pipeline: string;
  readonly token: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly defects: readonly Defect[];
}

export type Checked =
  | { readonly ok: true; readonly request: PublicationRequest }
  | { readonly ok: false; readonly status: number; readonly problem: string };

export const segmentBytesMax = 8 * 1024 * 1024;
const tokenAheadMsMax = 60_000;

export function checkPublication(
  path: string,
  header: (name: string) => string | null,
  rules: PublicationRules,
): Checked {
  const refuse = (status: number, problem: string): Checked => ({ ok: false, status, problem });
  const asked = parseAddress(path);
  if (asked === null || asked.pipeline !== null) return refuse(404, "no such address");
  const { address } = asked;
  if (address.event !== rules.event) return refuse(404, "no such event");
  if ("rendition" in address && !rules.renditions.includes(address.rendition))
    return refuse(404, "no such rendition");
  if (address.kind === "segment") {
    const current = segmentInProduction(rules.nowMs);
    if (rules.isOver(address.number)) return refuse(410, "the event is over");
    // One segment of tolerance for a packager with a fast clock.
    if (address.number > current + 1) return refuse(400, "segment is not due");
    if (address.number < current - rules.dvrWindowSegments)
      return refuse(410, "segment is older than what is kept");
  }
  const pipeline = header("x-pipeline") ?? "";
  if (!rules.ownPipelines.includes(pipeline))
    return refuse(403, "pipeline does not publish in this region");
  const token = parseToken(header("x-token") ?? "");
  if (token === null)
    return refuse(400, "x-token must be 13 digits of epoch ms, a dash and 32 hex digits");
  if (token.madeAtMs > rules.nowMs + tokenAheadMsMax)
    return refuse(400, "x-token is from the future");
  const sha256 = header("x-sha256") ?? "";
  if (!/^[0-9a-f]{64}$/.test(sha256)) return refuse(400, "x-sha256 must be 64 hex digits");
  const defects = parseDefects(header("x-defects") ?? "");
  if (defects === null) return refuse(400, "x-defects knows short, missing and timing");
  const length = header("content-length");
  if (length === null || !/^[0-9]{1,15}$/.test(length))
    return refuse(411, "content-length is needed");
  const bytes = Number(length);
  if (bytes > segmentBytesMax) return refuse(413, "segment is too large");
  if (bytes === 0) return refuse(400, "segment is empty");
  return {
    ok: true,
    request: {
      leaf: leafOf(address),
      pipeline,
      token: `${token.madeAtMs}-${token.nonce}`,
      sha256,
      bytes,
      defects,
    },
  };
}
