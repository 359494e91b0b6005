/**
 * What a workload is told: the stream, the edges, the gateways, the scenarios and the seed, as one
 * JSON text in SEAWALL_LOAD. Without it (plain `k6 run`) a small audience watches one edge, EDGE or
 * http://127.0.0.1:8080, and asks one gateway, GATEWAY or http://127.0.0.1:18090.
 */
import type { Options } from "k6/options";
import type { Stream } from "../../stream/stream.ts";

/** An edge, or a gateway. */
export interface Edge {
  readonly name: string;
  readonly url: string;
  /** The name under which it is asked, where that is not its address. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** By header, the variable that holds its value. */
  readonly secretHeaders?: Readonly<Record<string, string>>;
}

/** What each request to it carries. */
export function hostOf({ host, headers, secretHeaders = {} }: Edge): {
  readonly headers?: Record<string, string>;
} {
  const all = {
    ...(host === undefined ? {} : { Host: host }),
    ...headers,
    ...Object.fromEntries(
      Object.entries(secretHeaders).map(([name, variable]) => [name, __ENV[variable] ?? ""]),
    ),
  };
  return Object.keys(all).length === 0 ? {} : { headers: all };
}

export interface Settings {
  readonly seed: number;
  readonly edges: readonly Edge[];
  /** Empty where the target has none. */
  readonly gateways: readonly Edge[];
  readonly stream: Stream;
  /** The load's first ms, before the baseline, and how long each phase lasts. */
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

const told = __ENV["SEAWALL_LOAD"];
export const settings: Settings = told === undefined ? alone : settingsIn(told);

/** Of a stream, users go in at edges, and devices at gateways. */
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
 * For plain `k6 run`: these functions, so many iterations a second, for 20 s. Under the harness the
 * experiment says what is run.
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
    scenarios: told === undefined ? Object.fromEntries(own) : settings.scenarios,
    // Media is read to its end and thrown away.
    discardResponseBodies: true,
    noConnectionReuse: false,
    // The load stays with the hosts that it was given: a redirect is an answer, and not one that
    // serves anybody.
    maxRedirects: 0,
    userAgent: "seawall-user",
  };
}
