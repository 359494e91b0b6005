/**
 * Viewers who watch, as in the k6 workload `watch`: the same player, on the simulation's clock. The
 * edges answer with a manifest like the packagers', which the player reads.
 */
import type { Iteration, Simulation } from "../../../harness/target/model.ts";
import { manifest } from "../packager/manifest.ts";
import { audienceIn, endOf, entryFor, togetherAt } from "../pack/viewer/audience.ts";
import { drive } from "../pack/viewer/drive.ts";
import type { Answer as Given, Wanted } from "../pack/viewer/requests.ts";
import { type Recorded, Session } from "../pack/viewer/session.ts";
import { streamOf } from "../pack/stream/stream.ts";
import { calibration, draw } from "./calibration.ts";
import type { Watched } from "./fetch-model.ts";
import type { Answer } from "./request.ts";

/** What the model's edges are called in an address. */
const host = "http://edge";
/**
 * No line is thin in the model: a body arrives at this rate, in bits per ms. A chosen value: a
 * gigabit per second.
 */
const bitsPerMs = 1e6;

/** What a viewer got: a segment's fate, or a text. */
interface Got {
  readonly status: number;
  readonly text?: string;
}

export class Watching {
  readonly #simulation: Simulation;
  readonly #edges: readonly (Watched & { readonly name: string })[];
  readonly #manifest: string;
  #loadStartMs: number | null = null;

  constructor(simulation: Simulation, edges: readonly Watched[]) {
    this.#simulation = simulation;
    this.#edges = edges.map((edge) => ({
      name: edge.node.name,
      node: edge.node,
      get: (...asked) => edge.get(...asked),
    }));
    const { segmentMs, renditions } = streamOf(simulation.layout);
    this.#manifest = manifest({
      segmentSeconds: segmentMs / 1_000,
      renditions: renditions.map((one) => ({ ...one, codecs: "" })),
    });
  }

  watch({ lane, weight, env }: Iteration, done: () => void): void {
    const simulation = this.#simulation;
    const audience = audienceIn(env);
    this.#loadStartMs ??= simulation.nowMs();
    const loadStartMs = this.#loadStartMs;
    const edge = entryFor(this.#edges, audience, simulation.random());
    const begin = (): void => {
      const path = audience.manifestPath ?? streamOf(simulation.layout).manifestPath ?? "";
      const session = new Session({
        url: host + path,
        audience,
        startMs: simulation.nowMs(),
        endMs: endOf(simulation, loadStartMs),
        draw: () => simulation.random(),
      });
      drive(session, {
        nowMs: () => simulation.nowMs(),
        after: (ms, run) => simulation.after(ms, run),
        record: (recorded) => this.#record(recorded, { lane, entry: edge.name }),
        send: (wanted, answered) => this.#send(edge, wanted, { lane, weight }, answered),
        over: done,
      });
    };
    const together = togetherAt(audience, simulation, loadStartMs);
    if (together === null || together <= simulation.nowMs()) begin();
    else simulation.after(together - simulation.nowMs(), begin);
  }

  #record(
    { metric, value, tags: own }: Recorded,
    shared: { readonly lane: string; readonly entry: string },
  ): void {
    const tags = { ...shared, ...own };
    if (metric.endsWith("_startup_ms") || metric.endsWith("_stall_ms"))
      this.#simulation.duration(metric, tags, value);
    else
      this.#simulation.sample(
        /_(?:switches|failures)$/.test(metric) ? "event" : "gauge",
        metric,
        tags,
        value,
      );
  }

  #send(
    edge: Watched & { readonly name: string },
    wanted: Wanted,
    { lane, weight }: { readonly lane: string; readonly weight: number },
    answered: (answer: Given) => void,
  ): void {
    const simulation = this.#simulation;
    const askedMs = simulation.nowMs();
    const { rendition, sequence, bitsPerSecond = 0, durationMs = 0, timeoutMs } = wanted;
    const isMedia = wanted.kind === "segment" && rendition !== undefined && sequence !== undefined;
    simulation.request<Got>({
      from: null,
      to: edge.node,
      port: "http",
      timeoutMs,
      serve: (reply) => {
        if (isMedia)
          edge.get({ rendition, number: sequence }, weight, ({ status }: Answer) =>
            reply({ status }),
          );
        else
          edge.node.after(draw(calibration.edgeHit, simulation), () =>
            reply({ status: 200, text: this.#textOf(wanted) }),
          );
      },
      done: (got) => {
        const endMs = simulation.nowMs();
        const bytes = isMedia ? (bitsPerSecond * durationMs) / 8_000 : (got?.text?.length ?? 0);
        simulation.duration(
          "http_req_ms",
          { lane, status: String(got?.status ?? 0), entry: edge.name },
          endMs - askedMs,
        );
        answered({
          status: got?.status ?? 0,
          timedOut: got === null && endMs - askedMs >= timeoutMs,
          askedMs,
          firstByteMs: Math.max(askedMs, endMs - (8 * bytes) / bitsPerMs),
          endMs,
          bytes: got?.status === 200 ? bytes : 0,
          ...(got?.text === undefined ? {} : { text: got.text }),
        });
      },
    });
  }

  #textOf({ kind }: Wanted): string {
    if (kind === "manifest") return this.#manifest;
    return kind === "clock" ? new Date(this.#simulation.nowMs()).toISOString() : "";
  }
}
