/** The phrases of every rule of evidence, by rule id. */
import type { EvidenceId } from "../record/facts.ts";
import { faults } from "./evidence/faults.ts";
import { generator } from "./evidence/generator.ts";
import { record } from "./evidence/record.ts";
import { run } from "./evidence/run.ts";
import { witnesses } from "./evidence/witnesses.ts";
import type { Rules } from "./phrase.ts";

export const evidence: Rules<EvidenceId> = {
  ...record,
  ...run,
  ...generator,
  ...faults,
  ...witnesses,
};
