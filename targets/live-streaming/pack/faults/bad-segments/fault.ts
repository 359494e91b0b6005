/** A packager corrupts its next segments in every rendition. */
import { z } from "zod";
import { defineFault } from "../../../../../harness/target/fault.ts";
import { onService, serviceField } from "../../../../../harness/faults/strikes.ts";
import { inject, segmentDefects } from "./inject.ts";
import { simulate } from "./simulate.ts";

export const badSegments = defineFault({
  ...onService,
  schema: z.strictObject({
    kind: z.literal("badSegments"),
    ...serviceField,
    defect: z.enum(segmentDefects).describe("What the packager does to each of them."),
    segments: z.number().int().min(1).max(10_000).describe("How many, in every rendition."),
  }),
  does: "a packager corrupts its next `segments`",
  describe: ({ service, segments, defect }) => `${service} spoils ${segments} segments: ${defect}`,
  proof: "the packager reports a corrupted segment, and its journal has it",
  undo: "cancel the rest and check that none is pending",
  silences: false,
  spoils: true,
  operations: () => ["defects", "defectsLeft", "defectsOff", "journal"],
  modelOperations: () => ["defects"],
  needs: ["operations"],
  inject,
  simulate,
});
