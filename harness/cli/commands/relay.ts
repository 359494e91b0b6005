/** A runner of a run: generates its part of the load, and hands the samples to the conductor. */
import type { Define } from "../command.ts";
import { readFileSync } from "node:fs";
import { exitCodes } from "../../base/errors.ts";
import { k6Generator } from "../../load/k6.ts";
import { type Job, tokenVariable } from "../../load/runners/job.ts";
import { relay } from "../../load/runners/relay.ts";
import { realClock } from "../../system/clock.ts";

/** Started by a run for each of its runners. */
export const defineRelay: Define = (program, context, end) =>
  program
    .command("relay", { hidden: true })
    .argument("<job-file>")
    .action(async (jobFile: string) => {
      const job = JSON.parse(readFileSync(jobFile, "utf8")) as Job;
      await relay({
        job,
        token: context.env[tokenVariable] ?? "",
        generator: k6Generator({
          tool: job.tool,
          workloads: job.workloads,
          clock: realClock(),
          env: context.env,
        }),
        signal: context.signal,
      });
      end(exitCodes.held);
    });
