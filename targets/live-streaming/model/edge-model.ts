/**
 * An edge, or a cache of the fill tier: lifetimes, collapsing, range gate, health probes and
 * failover as in the VCL.
 */
import type { SegmentRange } from "../origin/directive.ts";
import type { BadAnswer } from "../../../harness/target/bad-answer.ts";
import type { ModelNode, Simulation, Wish } from "../../../harness/target/model.ts";
import { holdGraceMs } from "../origin/decide.ts";
import { dvrWindowSegments, event } from "../stream/event.ts";
import { isLive, publishAtMs, segmentInProduction } from "../stream/template.ts";
import { type Answer, type SegmentRequest, requestOf, type Key, keyOf } from "./request.ts";
import { calibration, draw } from "./calibration.ts";
import { streamOf } from "../pack/stream/stream.ts";

/** An origin, or a cache closer to it. */
export interface Upstream {
  readonly node: ModelNode;
  readonly isOrigin: boolean;
  get(asked: SegmentRequest, weight: number, reply: (answer: Answer) => void): void;
}

interface Kept extends Answer {
  readonly untilMs: number;
}

const probeEveryMs = 500,
  probeTimeoutMs = 1_000,
  probeWindow = 4,
  probeThreshold = 2;
const firstByteMs = 2_000,
  failureTtlMs = 50,
  shedTtlMs = 5_000,
  ttlMsMin = 10;
/** The number of answers between two removals of expired objects. */
const sweepEvery = 4_096;

export class Edge {
  readonly node: ModelNode;
  readonly #simulation: Simulation;
  /** By region, its own first. */
  readonly #regions: readonly (readonly Upstream[])[];
  readonly #kept = new Map<Key, Kept>();
  readonly #fetching = new Map<Key, ((answer: Answer) => void)[]>();
  readonly #probes = new Map<Upstream, boolean[]>();
  #answers = 0;
  #forgotAtMs = Number.NEGATIVE_INFINITY;

  constructor(node: ModelNode, simulation: Simulation, upstreams: readonly Upstream[]) {
    this.node = node;
    this.#simulation = simulation;
    const regions = [
      node.region,
      ...new Set(
        upstreams.map((one) => one.node.region).filter((region) => region !== node.region),
      ),
    ];
    const reached = simulation.enabled("regionFailover") ? regions : regions.slice(0, 1);
    this.#regions = reached
      .map((region) => upstreams.filter((one) => one.node.region === region))
      .filter((group) => group.length > 0);
    for (const upstream of this.#regions.flat()) {
      this.#probes.set(upstream, []);
      if (upstream.isOrigin) for (const lane of ["live", "dvr"]) this.#count(upstream, lane, 0);
    }
    // Like the real one, whose journal is read.
    if (upstreams.every((one) => !one.isOrigin))
      simulation.count("origin_gets", { lane: "live", entry: node.name, origin: "none" }, 0);
    node.onReady(() => this.#probe());
    node.onDeath(() => {
      this.#kept.clear();
      this.#fetching.clear();
    });
  }

  /** A flush: the edge lives on and loses its cache. */
  flush(): boolean {
    this.#kept.clear();
    return true;
  }

  /**
   * Like a ban: copies in the range go. A fetch under way began earlier and may be affected, so its
   * result is not kept.
   */
  forget({ renditions, from, to }: SegmentRange): void {
    this.#forgotAtMs = this.#simulation.nowMs();
    for (const key of this.#kept.keys()) {
      const kept = requestOf(key);
      if (
        kept !== null &&
        renditions.includes(kept.rendition) &&
        kept.number >= from &&
        kept.number <= to
      )
        this.#kept.delete(key);
    }
  }

  get(asked: SegmentRequest, weight: number, reply: (answer: Answer) => void): void {
    const nowMs = this.#simulation.nowMs();
    const current = segmentInProduction(nowMs);
    this.#simulation.count("edge_requests", { entry: this.node.name }, 1);
    const say = (answer: Answer): void =>
      this.node.after(draw(calibration.edgeHit, this.#simulation), () => reply(answer));
    if (this.#simulation.enabled("rangeGate")) {
      if (!this.#exists(asked)) {
        say({ status: 404, answer: "unknown", ttlMs: null });
        return;
      }
      if (asked.number > current + 1) {
        say({ status: 404, answer: "early", ttlMs: null });
        return;
      }
      if (asked.number < current - dvrWindowSegments) {
        say({ status: 410, answer: "gone", ttlMs: null });
        return;
      }
    }
    const key = keyOf(asked);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.untilMs > nowMs) {
      say({ ...kept, ttlMs: kept.untilMs - nowMs });
      return;
    }
    if (!this.#simulation.enabled("collapsing")) {
      this.#fetch(asked, weight, say);
      return;
    }
    const waiting = this.#fetching.get(key);
    if (waiting !== undefined) return void waiting.push(say);
    this.#fetching.set(key, [say]);
    this.#fetch(asked, 1, (answer) => {
      const all = this.#fetching.get(key) ?? [];
      this.#fetching.delete(key);
      for (const each of all) each(answer);
    });
  }

  #fetch(asked: SegmentRequest, weight: number, done: (answer: Answer) => void): void {
    const [own, other] = this.#regions;
    if (own === undefined) {
      done({ status: 503, answer: "failed", ttlMs: failureTtlMs });
      return;
    }
    const askedMs = this.#simulation.nowMs();
    const first = other !== undefined && !own.some((one) => this.#healthy(one)) ? other : own;
    const second = first === own ? other : own;
    this.#ask(first, asked, weight, (answer) => {
      if (second === undefined || !mayBeBetterElsewhere(answer))
        return done(this.#keep(asked, answer, askedMs));
      this.#ask(second, asked, weight, (again) => {
        // The first region's answer stands, because the other could not improve on it.
        const final =
          again ??
          (answer === null
            ? null
            : { status: answer.status, answer: "failed", ttlMs: failureTtlMs });
        done(this.#keep(asked, final, askedMs));
      });
    });
  }

  #ask(
    group: readonly Upstream[],
    asked: SegmentRequest,
    weight: number,
    done: (answer: Answer | null) => void,
  ): void {
    const healthy = group.filter((one) => this.#healthy(one));
    const among = healthy.length > 0 ? healthy : group;
    // The local origin before others of its region. In the fill tier, the node that owns the
    // segment.
    const near = among.find((one) => one.isOrigin && one.node.zone === this.node.zone);
    const upstream = near ?? (among[spread(keyOf(asked), among.length)] as Upstream);
    const nowMs = this.#simulation.nowMs();
    if (upstream.isOrigin)
      this.#count(
        upstream,
        !this.#exists(asked) ? "junk" : isLive(asked.number, nowMs) ? "live" : "dvr",
        weight,
      );
    const mayWait = asked.number >= segmentInProduction(nowMs) - 1;
    const timeoutMs = mayWait
      ? Math.max(1_000, publishAtMs(asked.number) + holdGraceMs + 500 - nowMs)
      : firstByteMs;
    this.#simulation.request<Answer>({
      from: this.node,
      to: upstream.node,
      port: "http",
      timeoutMs,
      about: aboutOf(asked),
      damaged,
      serve: (reply) => upstream.get(asked, weight, reply),
      done,
    });
  }

  #exists({ rendition }: SegmentRequest): boolean {
    return streamOf(this.#simulation.layout).renditions.some(({ name }) => name === rendition);
  }

  #keep(asked: SegmentRequest, given: Answer | null, askedMs: number): Answer {
    const answer = given ?? { status: 503, answer: "failed", ttlMs: failureTtlMs };
    const ttlMs = askedMs <= this.#forgotAtMs ? ttlMsMin : this.#ttlMs(answer);
    const nowMs = this.#simulation.nowMs();
    if (ttlMs > 0)
      this.#kept.set(keyOf(asked), { ...answer, untilMs: nowMs + Math.max(ttlMsMin, ttlMs) });
    if (++this.#answers % sweepEvery === 0)
      for (const [key, kept] of this.#kept) if (kept.untilMs <= nowMs) this.#kept.delete(key);
    return answer;
  }

  #ttlMs({ answer, ttlMs }: Answer): number {
    if (answer === "shed") return this.#simulation.enabled("shedCaching") ? shedTtlMs : 0;
    if (ttlMs === null) return failureTtlMs;
    return this.#simulation.enabled("msTtl") ? ttlMs : (Math.floor(ttlMs / 1_000) + 1) * 1_000;
  }

  #probe(): void {
    for (const [upstream, seen] of this.#probes) {
      this.#simulation.request<true>({
        from: this.node,
        to: upstream.node,
        port: "http",
        timeoutMs: probeTimeoutMs,
        serve: (reply) => reply(true),
        done: (answer) => {
          seen.push(answer === true);
          if (seen.length > probeWindow) seen.shift();
        },
      });
    }
    this.node.after(probeEveryMs, () => this.#probe());
  }

  #healthy(upstream: Upstream): boolean {
    const seen = this.#probes.get(upstream) ?? [];
    return seen.length < probeWindow || seen.filter(Boolean).length >= probeThreshold;
  }

  #count(upstream: Upstream, lane: string, weight: number): void {
    this.#simulation.count(
      "origin_gets",
      { lane, entry: this.node.name, origin: upstream.node.region },
      weight,
    );
  }
}

function aboutOf({ rendition, number }: SegmentRequest): Wish {
  const path = `/live/${event}/${rendition}/${number}.m4s`;
  return { kind: "segment", path, rendition, number };
}

/** A fetch that breaks off is a failure, because edges do not stream. */
function damaged(damage: BadAnswer, answer: Answer | null): Answer | null {
  if (damage.is === "status") return { status: damage.status, answer: "", ttlMs: null };
  return damage.is === "cutBody" || damage.is === "resetBody" ? null : answer;
}

/**
 * What the other region may answer better: a local failure, or a segment that did not arrive here.
 */
function mayBeBetterElsewhere(answer: Answer | null): boolean {
  if (answer === null) return true;
  return (
    (answer.status >= 500 && answer.answer !== "shed") ||
    answer.answer === "missing" ||
    answer.answer === "gone"
  );
}

/** The same node for the same segment, as consistent hashing gives. */
function spread(key: Key, among: number): number {
  let hash = 2166136261;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 16777619);
  return (hash >>> 0) % among;
}
