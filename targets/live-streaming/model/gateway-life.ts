/**
 * The state of a gateway's process in the model: the real service's admission, starts, steering,
 * board and event queue. Around them are three resources that take time: signer, event loop and
 * event disk. All state is lost with the process.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { AdmittedPath } from "../gateway/admission.ts";
import { type Board, createBoard } from "../gateway/board.ts";
import { createAdmissionDecision, type AdmissionDecision } from "../gateway/admission-decision.ts";
import { createIngest, type Ingest } from "../gateway/ingest.ts";
import { createSessionStart, type StartSession } from "../gateway/session-start.ts";
import { batch, limitOf, noticeKeysMax } from "../gateway/limits.ts";
import { createSteering, type Steering } from "../gateway/steering.ts";
import { createUtilisation, type Utilisation } from "../gateway/utilisation.ts";
import { createWorkers } from "../gateway/workers.ts";
import { gatewaySize, shareOfEdge } from "../layout/gateway.ts";
import { type ConcurrencyLimit, createGradient2 } from "../service/gradient2.ts";
import { calibration, draw } from "./calibration.ts";
import { SerialQueue } from "./serial-queue.ts";
import { streamOf } from "../pack/stream/stream.ts";

export interface Life {
  /** Distinguishes one life from another. */
  readonly epoch: string;
  readonly loop: SerialQueue;
  readonly utilisation: Utilisation;
  readonly enter: (path: AdmittedPath, kind: string | null) => AdmissionDecision;
  readonly limit: ConcurrencyLimit;
  readonly start: StartSession;
  /** The work that one start asks of the signer. */
  readonly sign: () => Promise<void>;
  readonly steering: Steering;
  readonly board: Board;
  readonly ingest: Ingest;
}

/** `stored` receives events that are on disk, which outlives the process. */
export function beginLife(
  node: ModelNode,
  simulation: Simulation,
  edges: readonly ModelNode[],
  epoch: string,
  stored: (count: number) => void,
): Life {
  const [nowMs, random] = [() => simulation.nowMs(), () => simulation.random()];
  const [admission, backoffGuidance, bounded] = [
    "admission",
    "backoffGuidance",
    "boundedIngest",
  ].map((defence) => simulation.enabled(defence)) as [boolean, boolean, boolean];
  const { signers, startMsMin, writeMsMin, sessionsMax, eventsQueueMax } = gatewaySize;
  const [loop, disk] = [new SerialQueue(node, nowMs), new SerialQueue(node, nowMs)];
  const workers = createWorkers(signers, nowMs);
  const utilisation = createUtilisation(
    [() => workers.busyMs(), () => loop.busyMs(), () => disk.busyMs()],
    nowMs,
  );
  const limit = createGradient2(limitOf(signers));
  const steering = createSteering({
    edges: edges.map(({ name, region }) => ({
      name,
      region,
      capacityBitsPerSecond: shareOfEdge(edges.length),
    })),
    ownRegion: node.region,
    enabled: simulation.enabled("steering"),
    sessionsMax,
  });
  const sleep = (ms: number): Promise<void> => later(simulation, (then) => node.after(ms, then));
  // Bounded: one write for many events. Otherwise each event is one write.
  const append = async (lines: readonly string[]): Promise<number> => {
    await later(simulation, (then) => disk.gather(writeMsMin, then));
    stored(lines.length);
    return lines.length;
  };
  return {
    epoch,
    loop,
    utilisation,
    limit,
    steering,
    board: createBoard(noticeKeysMax),
    enter: createAdmissionDecision({ admission, backoffGuidance, utilisation, random }),
    start: createSessionStart({
      admission,
      renditions: streamOf(simulation.layout).renditions,
      limit,
      workers,
      steering,
      nowMs,
      monotonicMs: nowMs,
    }),
    sign: () => sleep(Math.max(startMsMin, draw(calibration.startWork, simulation))),
    ingest: createIngest({
      ...batch,
      sink: { append },
      bounded,
      queueMax: eventsQueueMax,
      onFailure: () => {},
      sleep,
    }),
  };
}

function later(simulation: Simulation, begin: (then: () => void) => void): Promise<void> {
  return new Promise((done) =>
    begin(() => {
      done();
      simulation.settled();
    }),
  );
}
