/**
 * A target of a few services with its own model: two edges that fail over between two origins, a
 * store behind them, a packager. It serves thousands of runs that test the harness rather than a
 * large target.
 */
import { streamParts } from "../../../targets/live-streaming/pack/stream/stream-parts.ts";
import { streaming } from "../../../targets/live-streaming/pack/pack.ts";
import type { Experiment } from "../../../harness/experiment/experiment.ts";
import type { Phase } from "../../../harness/base/phases.ts";
import type {
  Iteration,
  ModelNode,
  RunningModel,
  Simulation,
  TargetModel,
} from "../../../harness/target/model.ts";
import type { Layout, Service, Telemetry } from "../../../harness/target/layout.ts";
import type { Target } from "../../../harness/target/target.ts";

const segmentMs = 2_000,
  deadlineMs = 2_000,
  bunchMs = 300;

function service(name: string, kind: string, region: string, host: number): Service {
  return {
    name: `${region}/${name}`,
    kind,
    region,
    zone: `${region}-1`,
    host,
    ports: { http: 18_000 },
    tools: [],
    dependsOn: [],
    ready: { kind: "tcp", port: "http" },
    readyWithinMs: 1_000,
    drainMs: 0,
    telemetry: telemetryOf(kind),
    pings: { http: { send: "?" } },
    launch: () => {
      throw new Error("it is only simulated");
    },
  };
}

function telemetryOf(kind: string): readonly Telemetry[] {
  if (kind === "edge") return [{ kind: "originGets", port: "http", path: "/" }];
  return kind === "packager" ? [{ kind: "journal", port: "http", path: "/", pipeline: "a" }] : [];
}

const regions = ["region-a", "region-b"];
const layout: Layout = {
  services: [
    ...regions.flatMap((region) => [
      service("edge", "edge", region, 16),
      service("origin", "origin", region, 14),
    ]),
    service("store", "store", "region-a", 11),
    service("packager", "packager", "region-a", 15),
  ],
  links: [
    ...regions.flatMap((from) =>
      regions.map((to) => ({ from: `${from}/edge`, to: `${to}/origin`, port: "http" })),
    ),
    ...regions.map((region) => ({ from: `${region}/origin`, to: "region-a/store", port: "http" })),
    { from: "region-a/packager", to: "region-a/store", port: "http" },
  ],
  playable: () => [],
  entries: regions.map((region) => ({ service: `${region}/edge`, port: "http" })),
  ...streamParts({
    event: "main",
    segmentMs,
    availabilityStartMs: 0,
    renditions: [{ name: "only", kind: "video", bitsPerSecond: 1 }],
    segmentPath: "",
    dvrSegments: 1,
  }),
};

class TinyModel implements RunningModel {
  readonly #simulation: Simulation;
  readonly #published = new Set<number>();
  readonly #kept = new Map<string, Set<number>>();
  readonly #fetching = new Map<string, ((found: boolean) => void)[]>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    const packager = this.#node("region-a/packager");
    packager.onReady(() => this.#publish(packager, this.#current()));
    for (const node of simulation.nodes.filter((one) => one.kind === "edge")) {
      node.onDeath(() => {
        this.#kept.delete(node.name);
        for (const key of [...this.#fetching.keys()].filter((one) => one.startsWith(node.name)))
          this.#fetching.delete(key);
      });
      for (const origin of regions) this.#count(node, origin, 0);
    }
  }

  #node(name: string): ModelNode {
    return this.#simulation.nodes.find((node) => node.name === name) as ModelNode;
  }
  #current(): number {
    return Math.floor(this.#simulation.nowMs() / segmentMs);
  }
  #count(edge: ModelNode, origin: string, by: number): void {
    this.#simulation.count("origin_gets", { lane: "live", entry: edge.name, origin }, by);
  }

  #publish(packager: ModelNode, number: number): void {
    packager.after((number + 1) * segmentMs - this.#simulation.nowMs(), () => {
      const startedMs = this.#simulation.nowMs();
      const store = this.#node("region-a/store");
      this.#simulation.request<true>({
        from: packager,
        to: store,
        port: "http",
        timeoutMs: 1_500,
        serve: (reply) =>
          store.after(20, () => {
            this.#published.add(number);
            reply(true);
          }),
        done: (answer) =>
          this.#simulation.duration(
            "publish_ms",
            { pipeline: "a", rendition: "only", outcome: answer === true ? "acked" : "lost" },
            this.#simulation.nowMs() - startedMs,
          ),
      });
      this.#publish(packager, number + 1);
    });
  }

  /**
   * From its memory, or from the first origin that answers. Concurrent requests wait for the same
   * answer.
   */
  #fetch(edge: ModelNode, number: number, done: (found: boolean) => void): void {
    if (this.#kept.get(edge.name)?.has(number) === true) {
      done(true);
      return;
    }
    const key = `${edge.name} ${number}`;
    const waiting = this.#fetching.get(key);
    if (waiting !== undefined) return void waiting.push(done);
    this.#fetching.set(key, [done]);
    const tell = (found: boolean): void => {
      if (found) this.#kept.set(edge.name, (this.#kept.get(edge.name) ?? new Set()).add(number));
      for (const one of this.#fetching.get(key) ?? []) one(found);
      this.#fetching.delete(key);
    };
    const near = [edge.region, ...regions.filter((region) => region !== edge.region)];
    const ask = ([region, ...others]: readonly string[]): void => {
      if (region === undefined) {
        tell(false);
        return;
      }
      const origin = this.#node(`${region}/origin`);
      this.#count(edge, region, 1);
      this.#simulation.request<boolean>({
        from: edge,
        to: origin,
        port: "http",
        timeoutMs: 600,
        serve: (reply) => this.#read(origin, number, reply),
        done: (found) => (found === true ? tell(true) : ask(others)),
      });
    };
    ask(near);
  }

  /** Holds the request until the segment exists, for a while. */
  #read(origin: ModelNode, number: number, reply: (found: boolean) => void, tries = 0): void {
    const store = this.#node("region-a/store");
    this.#simulation.request<boolean>({
      from: origin,
      to: store,
      port: "http",
      timeoutMs: 400,
      serve: (answer) => store.after(5, () => answer(this.#published.has(number))),
      done: (found) =>
        found === false && tries < 4
          ? origin.after(40, () => this.#read(origin, number, reply, tries + 1))
          : reply(found === true),
    });
  }

  iterate({ lane }: Iteration, done: () => void): void {
    const number = this.#current();
    const edge = this.#node(`${regions[Math.floor(this.#simulation.random() * 2)]}/edge`);
    const intendedMs = (number + 1) * segmentMs + this.#simulation.random() * bunchMs;
    const attempt = (): void => {
      const leftMs = intendedMs + deadlineMs - this.#simulation.nowMs();
      const end = (outcome: string): void => {
        this.#simulation.duration(
          "segment_ms",
          { lane, outcome, entry: edge.name, rendition: "only" },
          this.#simulation.nowMs() - intendedMs,
        );
        done();
      };
      if (leftMs <= 0) {
        end("lost");
        return;
      }
      this.#simulation.request<boolean>({
        from: null,
        to: edge,
        port: "http",
        timeoutMs: leftMs,
        serve: (reply) => this.#fetch(edge, number, reply),
        done: (found) => (found === true ? end("served") : this.#simulation.after(200, attempt)),
      });
    };
    this.#simulation.after(intendedMs - this.#simulation.nowMs(), () => {
      this.#simulation.duration("start_late_ms", { lane }, 0);
      attempt();
    });
  }

  probe(edge: string, _wish: unknown, done: (outcome: string) => void): void {
    const node = this.#node(edge);
    this.#simulation.request<true>({
      from: null,
      to: node,
      port: "http",
      timeoutMs: 4_000,
      serve: (reply) => reply(true),
      done: (answer) => done(answer === null ? "failed" : "served"),
    });
  }

  operate(
    _service: string,
    _operation: string,
    _parameters: unknown,
    done: (answer: null) => void,
  ): void {
    done(null);
  }
}

const model: TargetModel = {
  title: "a handful of services",
  kinds: ["edge", "origin", "store", "packager"],
  behaviours: ["viewers.live"],
  oneByOne: [],
  metrics: ["segment_ms", "publish_ms", "origin_gets"],
  operations: [],
  startMs: { edge: 300, origin: 200, store: 800, packager: 400 },
  hopMs: { within: 0.2, between: 0.4 },
  start: (simulation) => new TinyModel(simulation),
};

const tiny: Target = {
  name: "tiny",
  pack: streaming,
  defences: [],
  topologies: { only: { title: "everything once or twice", layout: () => layout } },
  model,
};
const always: readonly Phase[] = ["baseline", "fault", "recovery"];

export const tinyExperiment: Experiment = {
  name: "tiny",
  title: "Tiny",
  story: "A test.",
  tier: "storm",
  target: tiny,
  topology: "only",
  phasesMs: { baseline: 4_000, fault: 6_000, recovery: 8_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 4, fault: 8, recovery: 4 },
      vus: 100,
    },
  ],
  hypothesis: [
    {
      title: "served",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.9,
      during: always,
      samplesMin: 1,
    },
    {
      title: "published",
      metric: "publish_ms",
      statistic: "share",
      having: { outcome: "acked" },
      comparison: "==",
      limit: 1,
      during: always,
      samplesMin: 1,
    },
    {
      title: "collapsed",
      metric: "origin_gets",
      where: { lane: "live" },
      statistic: "ratio",
      per: { metric: "publish_ms", where: { outcome: "acked" }, times: 2 },
      comparison: "<=",
      limit: 3,
      during: always,
      samplesMin: 1,
    },
  ],
  recovery: {
    title: "back",
    goodput: { metric: "segment_ms", where: { lane: "live" } },
    having: { outcome: "served" },
    shareMin: 0.9,
    ofBaselineMin: 0.5,
    withinMs: 3_000,
    windowMs: 2_000,
  },
  method: [{ atMs: 1_000, forMs: 2_000, fault: { kind: "kill", service: "region-a/origin" } }],
  blastRadius: { services: ["region-a/origin"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
};
