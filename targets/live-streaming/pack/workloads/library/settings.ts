/**
 * A workload's input: stream, edges, gateways, scenarios and seed, as JSON in SEAWALL_LOAD. Without
 * it (plain `k6 run`), a small audience watches one edge, EDGE or http://127.0.0.1:8080, and uses
 * one gateway, GATEWAY or http://127.0.0.1:18090.
 */
import type { Options } from "k6/options";
import type { Entry } from "../../../../../harness/k6.ts";
import type { Stream } from "../../stream/stream.ts";

/** An edge, or a gateway. */
export type Edge = Entry;

export interface Settings {
  readonly seed: number;
  readonly edges: readonly Edge[];
  /** Empty if the target has none. */
  readonly gateways: readonly Edge[];
  readonly stream: Stream;
  /** The load's first ms, before the baseline, and the length of each phase. */
  readonly leadInMs: number;
  readonly phasesMs: {
    readonly baseline: number;
    readonly fault: number;
    readonly recovery: number;
  };
  readonly scenarios: NonNullable<Options["scenarios"]>;
}

const alone: Settings = {
  seed: 1,
  edges: [{ name: "edge", url: __ENV["EDGE"] ?? "http://127.0.0.1:8080" }],
  gateways: [{ name: "gateway", url: __ENV["GATEWAY"] ?? "http://127.0.0.1:18090" }],
  stream: {
    event: "main",
    segmentMs: 2_000,
    availabilityStartMs: 0,
    dvrSegments: 20,
    renditions: [
      { name: "v720", kind: "video", bitsPerSecond: 1_500_000 },
      { name: "v360", kind: "video", bitsPerSecond: 600_000 },
      { name: "audio", kind: "audio", bitsPerSecond: 128_000 },
    ],
    segmentPath: "/live/{event}/{rendition}/{number}.m4s",
  },
  leadInMs: 0,
  phasesMs: { baseline: 5_000, fault: 10_000, recovery: 5_000 },
  scenarios: {},
};

const given = __ENV["SEAWALL_LOAD"];
export const settings: Settings = given === undefined ? alone : settingsIn(given);

/** Viewers of a stream enter at edges, devices at gateways. */
function settingsIn(text: string): Settings {
  const { entries, others, content, ...same } = JSON.parse(text) as Omit<
    Settings,
    "edges" | "gateways" | "stream"
  > & {
    readonly content: Stream;
    readonly entries: readonly Edge[];
    readonly others: { readonly gateways?: readonly Edge[] };
  };
  return { ...same, stream: content, edges: entries, gateways: others.gateways ?? [] };
}

/**
 * For plain `k6 run`: these functions at this many iterations a second, for 20 s. Under the harness
 * the experiment decides.
 */
export function optionsOf(perSecond: Readonly<Record<string, number>>): Options {
  const own = Object.entries(perSecond).map(
    ([name, rate]) =>
      [
        name,
        {
          executor: "constant-arrival-rate",
          exec: name,
          rate: Math.round(rate * 10),
          timeUnit: "10s",
          duration: "20s",
          preAllocatedVUs: Math.ceil(rate * 10),
        },
      ] as const,
  );
  return {
    scenarios: given === undefined ? Object.fromEntries(own) : settings.scenarios,
    // Bodies are read to their end and discarded.
    discardResponseBodies: true,
    noConnectionReuse: false,
    // The load stays with its given hosts: a redirect is an answer, and serves no viewer.
    maxRedirects: 0,
    userAgent: "seawall-user",
  };
}
