/** The commands, in the order of the help. */
import type { Define } from "../command.ts";
import { defineAblate } from "./ablate.ts";
import { defineBreakingPoint } from "./breaking-point.ts";
import { defineCapture } from "./capture.ts";
import { defineCompare } from "./compare.ts";
import { defineCompose } from "./compose.ts";
import { defineDeadMan } from "./dead-man.ts";
import { defineDoctor } from "./doctor.ts";
import { defineDown } from "./down.ts";
import { defineExport } from "./export.ts";
import { defineGameday } from "./gameday.ts";
import { defineGate } from "./gate.ts";
import { defineImage } from "./image.ts";
import { defineIndex } from "./index.ts";
import { defineJudge } from "./judge.ts";
import { defineList } from "./list.ts";
import { definePlan } from "./plan.ts";
import { defineRecover } from "./recover.ts";
import { defineRelay } from "./relay.ts";
import { defineReport } from "./report.ts";
import { defineRun } from "./run.ts";
import { defineSchema } from "./schema.ts";
import { defineUp } from "./up.ts";

export const commands: readonly Define[] = [
  defineRun,
  defineAblate,
  defineBreakingPoint,
  defineGate,
  defineList,
  definePlan,
  defineJudge,
  defineReport,
  defineCompare,
  defineIndex,
  defineExport,
  defineCapture,
  defineCompose,
  defineImage,
  defineRecover,
  defineSchema,
  defineDoctor,
  defineGameday,
  defineDeadMan,
  defineRelay,
  defineUp,
  defineDown,
];
