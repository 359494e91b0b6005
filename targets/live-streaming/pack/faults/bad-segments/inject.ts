/**
 * A packager that publishes corrupt segments. Proof: it has corrupted one of the ordered segments,
 * and its journal has the outcome. That is the defect that its own inspection found, or for rot,
 * which no inspection finds, the publication. The undo cancels the rest of the order.
 */
import type { Instance } from "../../../../../harness/target/deployment.ts";
import type { Evidence } from "../../../../../harness/target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../../../../harness/target/fault.ts";
import { evidenceOf, theService } from "../../../../../harness/faults/proofs.ts";

export const segmentDefects = ["short", "missing", "timing", "rot", "truncated"] as const;
type SegmentDefect = (typeof segmentDefects)[number];

/** Two segments of 2 s, and the retries of a third. */
const seenWithinMs = 6_500;
const lookEveryMs = 200;

interface Order {
  readonly defect: SegmentDefect;
  readonly segments: number;
}
interface Entry {
  readonly seq: number;
  readonly number: number;
  readonly rendition: string;
  readonly outcome: string;
  readonly defects?: readonly string[];
  readonly backfill: boolean;
}

export function inject(strike: RealStrike<Order>): FaultExecution {
  const { fault } = strike;
  const packager = theService(strike);
  const { name } = packager.service;
  let after = 0;
  return {
    act: async () => {
      await packager.operate("defects", { kind: fault.defect, segments: String(fault.segments) });
      after = (await journal(packager, 0)).at(-1)?.seq ?? 0;
    },
    verify: () => spoiled(packager, after, strike),
    look: () => stillSpoiling(packager, fault, after),
    revert: async () => void (await packager.operate("defectsOff")),
    verifyReverted: async () => {
      const left = await segmentsLeft(packager);
      return {
        landed: left === 0,
        observation:
          left === 0
            ? `no more segments of ${name} are to be spoiled`
            : `${left} segments of ${name} are still to be spoiled`,
      };
    },
  };
}

async function spoiled(
  packager: Instance,
  after: number,
  { fault: { defect, segments }, clock, signal }: RealStrike<Order>,
): Promise<Evidence> {
  const deadlineMs = clock.monotonicMs() + seenWithinMs;
  let left = segments;
  const spoiledSoFar = (): string =>
    `${packager.service.name} has spoiled ${segments - left} of ${segments} segments`;
  for (;;) {
    left = await segmentsLeft(packager);
    const seen = (await journal(packager, after)).find(
      (entry) => !entry.backfill && shows(entry, defect),
    );
    if (left < segments && seen !== undefined) {
      const found =
        seen.defects === undefined || seen.defects.length === 0
          ? "nothing found by inspection"
          : `inspection found ${seen.defects.join(", ")}`;
      return evidenceOf(
        true,
        `${spoiledSoFar()}; segment ${seen.number} of ${seen.rendition}: ${seen.outcome}, ${found}`,
      );
    }
    if (clock.monotonicMs() > deadlineMs || signal.aborted) break;
    await clock.sleep(lookEveryMs);
  }
  return evidenceOf(
    false,
    `${spoiledSoFar()}, and its journal shows none with the defect ${defect}`,
  );
}

/** The number still to corrupt. An order ends when all are done or when it is cancelled. */
async function stillSpoiling(
  packager: Instance,
  { segments, defect }: Order,
  after: number,
): Promise<Evidence> {
  const order = await orderOf(packager);
  const { name } = packager.service;
  if (order !== null) {
    return evidenceOf(true, `${name} has spoiled ${segments - order.left} of ${segments} segments`);
  }
  const entries = await journal(packager, after);
  const spoiled = new Set(
    entries.flatMap((entry) => (!entry.backfill && shows(entry, defect) ? [entry.number] : [])),
  ).size;
  const shown = `its journal shows ${spoiled} of ${segments}`;
  return evidenceOf(
    spoiled >= segments,
    `${name} has no order to spoil segments any more, and ${shown}`,
  );
}

/** A box that was cut off counts as every defect. Nothing detects rot. */
function shows(entry: Entry, defect: SegmentDefect): boolean {
  if (defect === "rot") return entry.outcome === "acked";
  return defect === "truncated"
    ? (entry.defects ?? []).length > 0
    : (entry.defects ?? []).includes(defect);
}

async function journal(packager: Instance, after: number): Promise<Entry[]> {
  const text = await packager.operate("journal", { after: String(after) });
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as Entry);
}

async function segmentsLeft(packager: Instance): Promise<number> {
  return (await orderOf(packager))?.left ?? 0;
}

/** Null if there is no order. */
async function orderOf(packager: Instance): Promise<{ readonly left: number } | null> {
  return JSON.parse(await packager.operate("defectsLeft")) as { left: number } | null;
}
