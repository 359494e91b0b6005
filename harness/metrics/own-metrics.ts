/** The metrics that every run can contain, whatever the target. */
import type { Registry } from "./metrics.ts";
import { entryTag } from "./tags.ts";

/** The harness's own metrics, and k6's for requests and iterations. */
export const ownMetrics: Registry = {
  http_req_ms: {
    kind: "duration",
    unit: "ms",
    title: "request time",
    source: "generator",
    perRequest: true,
    lostValue: 0,
    tags: ["lane", "load", "kind", "status", entryTag],
    meaning: "one HTTP request, connection included",
  },
  start_late_ms: {
    kind: "duration",
    unit: "ms",
    source: "generator",
    ofHarness: true,
    uncompared: true,
    tags: ["lane", "load", "of"],
    values: { of: ["iteration", "request"] },
    meaning:
      "how much later than planned the generator began an iteration, one sample for each; " +
      "or, of request, how much later than it meant to an iteration asked",
  },
  iteration_ms: {
    kind: "duration",
    unit: "ms",
    source: "generator",
    ofHarness: true,
    tags: ["lane", "load", "outcome"],
    values: { outcome: ["ended", "threw", "silent"] },
    meaning:
      "one iteration of a workload from its beginning to its end; outcome is ended, threw, " +
      "or silent when it left no sample",
  },
  dropped_iterations: {
    kind: "increment",
    unit: "",
    source: "generator",
    ofHarness: true,
    uncompared: true,
    tags: ["lane", "load", "why"],
    values: { why: ["nobodyFree", "tooLate"] },
    meaning:
      "iterations that were never run: they found no free virtual user, or their time was " +
      "over before their first request",
  },
  canary_ms: {
    kind: "duration",
    unit: "ms",
    source: "prober",
    title: "canary's wait",
    tags: [entryTag, "outcome", "lane"],
    meaning:
      "one request of the harness's own prober, from its intended start; outcome is served," +
      " wrong " +
      "when the body is not what it should be, the status, or failed",
  },
  canary_late_ms: {
    kind: "duration",
    unit: "ms",
    source: "prober",
    ofHarness: true,
    uncompared: true,
    tags: [],
    meaning:
      "how much later than intended the harness's own prober ran: a starved machine shows here",
  },
  cpu_seconds: {
    kind: "increment",
    unit: "s",
    title: "processor time",
    source: "harness",
    tags: ["service"],
    meaning: "processor time used by a service, the generator (k6) or the harness (seawall)",
  },
  cpu_wait_seconds: {
    kind: "increment",
    unit: "s",
    source: "harness",
    ofHarness: true,
    tags: ["service"],
    meaning:
      "how long the threads of the generator (k6) were ready to run and waited for a " +
      "processor",
  },
  runner_clock_offset_ms: {
    kind: "gauge",
    unit: "ms",
    source: "harness",
    ofHarness: true,
    uncompared: true,
    tags: ["runner"],
    meaning: "the clock of a runner minus that of the harness",
  },
  runner_clock_bound_ms: {
    kind: "gauge",
    unit: "ms",
    source: "harness",
    ofHarness: true,
    uncompared: true,
    tags: ["runner"],
    meaning: "the true offset of a runner's clock lies within ± this of the measured one",
  },
  exposition_changed: {
    kind: "gauge",
    unit: "",
    source: "harness",
    ofHarness: true,
    uncompared: true,
    tags: ["service"],
    most: 1,
    meaning:
      "1 where a number in the Prometheus text of a service differs from the reading before, " +
      "else 0",
  },
  cpu_denied_seconds: {
    kind: "increment",
    unit: "s",
    source: "harness",
    ofHarness: true,
    tags: ["cause"],
    values: { cause: ["steal", "throttling"] },
    meaning: "processor time that the hypervisor gave to others, or that a quota took",
  },
  fault_in_force: {
    kind: "duration",
    unit: "ms",
    source: "harness",
    ofHarness: true,
    uncompared: true,
    tags: [],
    meaning: "a fault from its act until it was healed, as the judge knows it from the events",
  },
  link_connections: {
    kind: "increment",
    unit: "",
    source: "harness",
    tags: ["link"],
    meaning:
      "connections that others than the harness made over a link that the experiment breaks; " +
      "in virtual time, requests and messages",
  },
  link_bytes: {
    kind: "increment",
    unit: "B",
    source: "harness",
    tags: ["link"],
    meaning:
      "bytes that open connections carried over a link that the experiment breaks, both " +
      "ways; left out where the system does not count them",
  },
  resident_bytes: {
    kind: "gauge",
    unit: "B",
    title: "memory",
    source: "harness",
    tags: ["service"],
    meaning: "resident memory of a service",
  },
  io_bytes: {
    kind: "increment",
    unit: "B",
    source: "harness",
    tags: ["service", "direction"],
    values: { direction: ["read", "written"] },
    meaning:
      "bytes that the processes of a service, or of the generator (k6), read and wrote as " +
      "the kernel counts them, files and sockets alike",
  },
  network_bytes: {
    kind: "increment",
    unit: "B",
    source: "harness",
    ofHarness: true,
    tags: ["direction"],
    values: { direction: ["received", "sent"] },
    meaning: "bytes that all interfaces of this machine received and sent, loopback among them",
  },
  open_sockets: {
    kind: "gauge",
    unit: "",
    source: "harness",
    tags: ["service"],
    meaning: "sockets that a service has open, listening ones among them",
  },
};
