/**
 * The metrics that any run can contain, who emits each, and what it means. A target of one's own adds the series that its services expose
 * (`registry.ts`). A claim on any other name is refused by `plan`.
 */
import type { Claim } from "./experiment.ts";
import { bodyProblems, containers } from "./body.ts";
import type { SampleKind } from "./run.ts";
import { lanes } from "./target.ts";

export interface Metric {
  readonly kind: SampleKind;
  readonly unit: string;
  readonly source: "generator" | "edge" | "packager" | "canary" | "service" | "player" | "readBack" | "books" | "harness";
  readonly meaning: string;
  readonly tags: readonly string[];
  /** For tags whose values are a closed list: a misspelt value would select nothing, and nothing is easily under a limit. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** The greatest value that one sample can have. */
  readonly most?: number;
  /** It says something about the harness and nothing about the target: no claim can rest on it alone. */
  readonly ofHarness?: true;
  /** It speaks of bytes, which only a target that keeps some can answer for: a simulated run leaves out claims on it. */
  readonly ofBytes?: true;
}

export const metrics: Readonly<Record<string, Metric>> = {
  segment_ms: { kind: "duration", unit: "ms", source: "generator", tags: ["lane", "load", "outcome", "edge", "home", "rendition", "pipeline", "flagged", "notified", "bytes"],
    values: { lane: lanes, outcome: ["served", "late", "shed", "lost", "wrong"], flagged: ["yes", "no", "none"], notified: ["yes", "no", "none"], bytes: ["compared", "looked", "unread"] },
    meaning: "a viewer's wait for one whole segment, from the moment it meant to ask; outcome is served, late, shed, lost, or wrong when it is no segment, not what was published or cannot be played and no header said so; home is the edge that it asked first, edge the one it asked last; flagged is yes when a header told of a defect, notified when one brought a notification; one viewer in four looks at its bytes: they are compared with the published checksum where the target sends one, and looked at without it" },
  start_ms: { kind: "duration", unit: "ms", source: "generator", tags: ["lane", "load", "kind", "outcome"], values: { lane: ["start"], kind: ["play", "prefetch"], outcome: ["served", "late", "shed", "lost"] },
    meaning: "a device's wait for a playback session, retries included, from the moment it meant to ask; outcome is served, late, shed or lost" },
  batch_ms: { kind: "duration", unit: "ms", source: "generator", tags: ["lane", "load", "kind", "outcome"], values: { lane: ["ingest"], kind: ["ad", "telemetry"], outcome: ["taken", "shed", "lost"] },
    meaning: "one batch of events that a device reported: taken in by a gateway, shed or lost" },
  broadcast_ms: { kind: "duration", unit: "ms", source: "generator", tags: ["lane", "load", "outcome"], values: { lane: ["broadcast"], outcome: ["heard", "missed"] },
    meaning: "from an operator's word to everybody to one connected device's hearing it; one that missed it waits from the start of the fault to its end" },
  http_req_ms: { kind: "duration", unit: "ms", source: "generator", tags: ["lane", "load", "kind", "status", "edge"], values: { lane: lanes },
    meaning: "one HTTP request, connection included" },
  start_late_ms: { kind: "duration", unit: "ms", source: "generator", ofHarness: true, tags: ["lane", "load", "of"], values: { of: ["iteration", "request"] },
    meaning: "how much later than planned the generator began an iteration, one sample for each; or, of request, how much later than it meant to an iteration asked" },
  iteration_ms: { kind: "duration", unit: "ms", source: "generator", ofHarness: true, tags: ["lane", "load", "outcome"], values: { outcome: ["ended", "threw", "silent"] },
    meaning: "one iteration of a workload from its beginning to its end; outcome is ended, threw, or silent when it left no sample" },
  dropped_iterations: { kind: "increment", unit: "", source: "generator", ofHarness: true, tags: ["lane", "load", "why"], values: { why: ["nobodyFree", "tooLate"] },
    meaning: "iterations that were never run: they found no free virtual user, or their time was over before their first request" },
  origin_gets: { kind: "increment", unit: "", source: "edge", tags: ["lane", "edge", "origin"], values: { lane: lanes },
    meaning: "requests that an edge sent to an origin" },
  edge_requests: { kind: "increment", unit: "", source: "edge", tags: ["edge"],
    meaning: "requests that an edge says it was asked, by viewers and all others" },
  publish_ms: { kind: "duration", unit: "ms", source: "packager", tags: ["region", "pipeline", "rendition", "outcome", "refused"],
    values: { outcome: ["acked", "lost"], refused: ["yes", "no"] },
    meaning: "one segment's publication from first attempt to acknowledgement or loss, as its packager saw it; refused: an origin turned it away (429 or 5xx) at least once" },
  durable: { kind: "event", unit: "", source: "readBack", ofBytes: true, tags: ["pipeline", "outcome"], values: { outcome: ["intact", "missing", "different"] },
    meaning: "an acknowledged segment, at its acknowledgement, and what was found of it when all was over" },
  durable_unread: { kind: "event", unit: "", source: "readBack", ofHarness: true, ofBytes: true, tags: ["pipeline"],
    meaning: "an acknowledged segment of which nothing could be found out in time" },
  canary_ms: { kind: "duration", unit: "ms", source: "canary", tags: ["edge", "outcome", "lane"], values: { lane: ["live", "dvr"] },
    meaning: "one request of the harness's own prober, which asks as viewers do, from its intended start; outcome is served, wrong when the body is no segment, the status, or failed" },
  canary_bytes: { kind: "event", unit: "B", source: "canary", tags: ["edge", "rendition"],
    meaning: "bytes of one body as the harness's own prober got it from an edge, encoded as they came" },
  body_seen: { kind: "event", unit: "", source: "canary", tags: ["lane", "load", "edge", "rendition", "by", "container", "problem"],
    values: { by: ["viewer", "prober"], container: containers, problem: ["none", "flagged", ...bodyProblems] },
    meaning: "a body that a viewer or the harness's own prober looked at: its container by its first bytes, and why it is no segment; flagged is one that a header calls defective; the value holds the segment's number modulo 4096 and the first 36 bits of its SHA-256" },
  delivered: { kind: "event", unit: "", source: "canary", ofBytes: true, tags: ["edge", "rendition", "outcome"], values: { outcome: ["right", "wrong", "mislabelled"] },
    meaning: "a segment as the harness's own prober got it from an edge, against the packagers' journals: right, wrong bytes, or right bytes under a wrong checksum" },
  delivered_unknown: { kind: "event", unit: "", source: "canary", ofHarness: true, ofBytes: true, tags: ["edge", "rendition"],
    meaning: "a segment that an edge delivered and that no packager's journal tells of" },
  canary_late_ms: { kind: "duration", unit: "ms", source: "canary", ofHarness: true, tags: [],
    meaning: "how much later than intended the harness's own prober ran: a starved machine shows here" },
  origin_requests_total: { kind: "increment", unit: "", source: "service", tags: ["service", "lane", "outcome"],
    values: { lane: lanes, outcome: ["served", "shed", "not_found", "gone", "failed", "rejected", "aborted"] },
    meaning: "requests that an origin answered, as it counts them itself" },
  origin_chunks_total: { kind: "increment", unit: "", source: "service", tags: ["service", "from"], values: { from: ["memcached", "store", "nowhere"] },
    meaning: "pieces of segments that an origin read, by where it found them" },
  origin_store_requests_total: { kind: "increment", unit: "", source: "service", tags: ["service", "operation", "outcome"], values: { operation: ["read", "write"], outcome: ["done", "failed"] },
    meaning: "requests that an origin sent to its store" },
  origin_metadata_gaps: { kind: "gauge", unit: "", source: "service", tags: ["service"],
    meaning: "segments of the last minute of which an origin was never told, although it knows older and newer ones of the same pipeline" },
  object_store_requests_total: { kind: "increment", unit: "", source: "service", tags: ["service", "operation", "outcome"], values: { operation: ["read", "write", "list"], outcome: ["served", "shed", "not_found", "rejected"] },
    meaning: "requests that an object store answered; shed are those refused for their rate" },
  origin_metadata_lookups_total: { kind: "increment", unit: "", source: "service", tags: ["service", "from"], values: { from: ["memory", "store"] },
    meaning: "how often an origin had to know what exists, by where it knew it from" },
  gateway_requests_total: { kind: "increment", unit: "", source: "service", tags: ["service", "lane", "bucket", "outcome"],
    values: { lane: ["start", "steer", "ingest", "broadcast"], bucket: ["CRITICAL", "DEGRADED", "BEST_EFFORT", "BULK"], outcome: ["served", "shed", "full", "rejected", "failed", "aborted"] },
    meaning: "requests that a gateway answered, as it counts them itself; start is a session start" },
  gateway_utilisation: { kind: "gauge", unit: "", source: "service", most: 1, tags: ["service"],
    meaning: "how busy a gateway is, 0 to 1: the busier of its signers and its event loop over about half a second" },
  gateway_limit: { kind: "gauge", unit: "", source: "service", tags: ["service"],
    meaning: "session starts that a gateway takes on at once, at most" },
  gateway_assignments_total: { kind: "increment", unit: "", source: "service", tags: ["service", "edge"],
    meaning: "sessions started, by the edge that they were given" },
  gateway_moves_total: { kind: "increment", unit: "", source: "service", tags: ["service", "why"], values: { why: ["lost", "hot"] },
    meaning: "sessions that a gateway moved to another edge, because theirs was lost or too full" },
  gateway_sessions: { kind: "gauge", unit: "", source: "service", tags: ["service"],
    meaning: "sessions that hold bitrate on an edge" },
  gateway_edges_usable: { kind: "gauge", unit: "", source: "service", tags: ["service"],
    meaning: "edges that answer, as a gateway sees them" },
  gateway_sse_connected: { kind: "gauge", unit: "", source: "service", tags: ["service"],
    meaning: "devices that hold a channel for broadcasts open" },
  gateway_sse_behind: { kind: "gauge", unit: "", source: "service", tags: ["service"],
    meaning: "devices with a channel that have not been told everything yet" },
  gateway_deliveries_total: { kind: "increment", unit: "", source: "service", tags: ["service"],
    meaning: "notices and new edges written to devices' channels" },
  gateway_events_accepted_total: { kind: "increment", unit: "", source: "service", tags: ["service"],
    meaning: "ad events and telemetry that a gateway took in: each is stored, shed or still queued" },
  gateway_events_stored_total: { kind: "increment", unit: "", source: "service", tags: ["service"],
    meaning: "events that were written down" },
  gateway_events_shed_total: { kind: "increment", unit: "", source: "service", tags: ["service"],
    meaning: "events that were taken in and given up, because the queue was full or they could not be stored" },
  gateway_events_queued: { kind: "gauge", unit: "", source: "service", tags: ["service"],
    meaning: "events taken in and neither stored nor given up yet" },
  events_unreconciled: { kind: "event", unit: "", source: "books", tags: ["service", "entry"], values: { entry: ["taken", "queued", "stored"] },
    meaning: "at the end of the run, by how many events a gateway's books are out: taken is accepted less stored, shed and queued; queued is what is left over; stored is what it says it stored less what is there" },
  player_startup_ms: { kind: "duration", unit: "ms", source: "player", tags: ["player", "outcome"], values: { outcome: ["started", "failed"] },
    meaning: "from asking for the stream to the first moving picture in a player, which is real but for virtual time" },
  player_stall_ms: { kind: "event", unit: "ms", source: "player", tags: ["player", "state", "cause"],
    values: { state: ["ended", "open", "none"], cause: ["buffer", "device"] },
    meaning: "a stall of a player from its beginning; open: it had not ended when the watching did; cause is buffer when no media was left, device when this machine did not get to show it; none, of 0 ms: it was watched for half a second and did not stand still, so that a claim on the longest stall has something to go by" },
  player_latency_ms: { kind: "gauge", unit: "ms", source: "player", tags: ["player"],
    meaning: "how far behind the wall clock a player plays" },
  player_rebuffer_ratio: { kind: "gauge", unit: "", source: "player", most: 1, tags: ["player"],
    meaning: "share of the last half second for which a player stalled; its mean is the rebuffer ratio" },
  player_height_px: { kind: "gauge", unit: "px", source: "player", tags: ["player"],
    meaning: "lines of the picture that a real player shows" },
  player_errors: { kind: "event", unit: "", source: "player", tags: ["player", "code"],
    meaning: "an error that a real player reported, by its code" },
  cpu_seconds: { kind: "increment", unit: "s", source: "harness", tags: ["service"],
    meaning: "processor time used by a service, the generator (k6) or the harness (seawall)" },
  cpu_wait_seconds: { kind: "increment", unit: "s", source: "harness", ofHarness: true, tags: ["service"],
    meaning: "how long the threads of the generator (k6) were ready to run and waited for a processor" },
  cpu_denied_seconds: { kind: "increment", unit: "s", source: "harness", ofHarness: true, tags: ["cause"], values: { cause: ["steal", "throttling"] },
    meaning: "processor time that the hypervisor gave to others, or that a quota took" },
  link_connections: { kind: "increment", unit: "", source: "harness", tags: ["link"],
    meaning: "connections that others than the harness made over a link that the experiment breaks; in virtual time, requests and messages" },
  link_bytes: { kind: "increment", unit: "B", source: "harness", tags: ["link"],
    meaning: "bytes that open connections carried over a link that the experiment breaks, both ways; left out where the system does not count them" },
  resident_bytes: { kind: "gauge", unit: "B", source: "harness", tags: ["service"],
    meaning: "resident memory of a service" },
  io_bytes: { kind: "increment", unit: "B", source: "harness", tags: ["service", "direction"], values: { direction: ["read", "written"] },
    meaning: "bytes that the processes of a service, or of the generator (k6), read and wrote as the kernel counts them, files and sockets alike" },
  network_bytes: { kind: "increment", unit: "B", source: "harness", tags: ["direction"], values: { direction: ["received", "sent"] },
    meaning: "bytes that all interfaces of this machine received and sent, loopback among them" },
  open_sockets: { kind: "gauge", unit: "", source: "harness", tags: ["service"],
    meaning: "sockets that a service has open, listening ones among them" },
};

/** It asks about the viewers who compare what they get with what was published. */
export function comparesBytes(claim: Pick<Claim, "where">): boolean {
  return claim.where?.["bytes"] === "compared";
}

/** Only a target that keeps bytes can answer it. */
export function isOfBytes(claim: Pick<Claim, "metric" | "where">): boolean {
  return comparesBytes(claim) || (Object.hasOwn(metrics, claim.metric) && metrics[claim.metric]?.ofBytes === true);
}
