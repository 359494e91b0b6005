/**
 * One viewer in four checks its body: whether it is a segment, and a hash of its bytes. The judge
 * compares the hashes of viewers and prober.
 */
import { sha256 } from "k6/crypto";
import type { RefinedResponse, ResponseType } from "k6/http";
import { Trend } from "k6/metrics";
import { leastBytes, lookAtBody } from "../../stream/body.ts";
import { printOf } from "../../../../../harness/metrics/print.ts";
import { random } from "./random.ts";
import { settings } from "./settings.ts";

/** `printOf` each checked body, with the result. */
const bodySeen = new Trend("body_seen");

/**
 * Above 250 viewers a second, with 137 kB each on average, a check of all costs k6 0.11 of a core.
 * At one in four the cost is not measurable.
 */
const looksOneIn = 4;
/** Separate from the draws that choose what to watch. */
const lookingDraw = 9;

type Answer = RefinedResponse<ResponseType | undefined>;

interface Asked {
  readonly lane: string;
  readonly entry: string;
  readonly rendition: string;
  readonly number: number;
}

/** Whether this iteration's viewer checks its body. */
export function looks(): boolean {
  return random(lookingDraw) < 1 / looksOneIn;
}

/**
 * k6 could not decode a received body:
 * https://grafana.com/docs/k6/latest/javascript-api/error-codes (1700…1799).
 */
export function isUndecodable({ error_code: code }: Answer): boolean {
  return code >= 1_700 && code < 1_800;
}

/** Whether the body is a segment, and the one that its checksum names if this target sends one. */
export function isSegment(answer: Answer, asked: Asked, flagged: boolean): boolean {
  const { digestHeader } = settings.stream;
  if (isUndecodable(answer) || !(answer.body instanceof ArrayBuffer)) {
    note(asked, "unknown", "encoding", 0);
    return false;
  }
  const digest = sha256(answer.body, "hex");
  const encoded = headerOf(answer, "content-encoding") !== undefined;
  const length = headerOf(answer, "content-length");
  const { container, problem } = lookAtBody(new Uint8Array(answer.body), {
    contentType: headerOf(answer, "content-type"),
    contentLength: encoded || length === undefined ? undefined : Number(length),
    leastBytes: leastBytes(settings.stream, asked.rendition),
  });
  // A player skips a segment that is marked as defective.
  const found = flagged ? "flagged" : (problem ?? "none");
  note(asked, container, found, printOf(asked.number, digest));
  const isPublished = digestHeader === undefined || headerOf(answer, digestHeader) === digest;
  return isPublished && (flagged || problem === null);
}

function note(
  { lane, entry, rendition }: Asked,
  container: string,
  problem: string,
  print: number,
): void {
  bodySeen.add(print, { lane, entry, rendition, by: "user", container, problem });
}

function headerOf({ headers }: Answer, wanted: string): string | undefined {
  const name = Object.keys(headers).find((one) => one.toLowerCase() === wanted.toLowerCase());
  return name === undefined ? undefined : headers[name];
}
