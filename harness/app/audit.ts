/**
 * Who ran what against which host, for the owners of a shared target. `audit.ndjson` beside the
 * runs gets a line before anything is touched, and one at the end.
 */
import { appendFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { withoutSecrets } from "../base/redact.ts";
import type { Plan } from "../record/plan.ts";
import { storageError } from "../system/files.ts";
import type { Layout } from "../target/layout.ts";
import type { Context } from "./context.ts";

export const auditFile = "audit.ndjson";

interface Audited {
  readonly plan: Plan;
  readonly layout: Layout;
}

/** Throws if it cannot be written: a run without an audit line does not start. */
export function auditStart(
  { env }: Pick<Context, "env">,
  out: string,
  runId: string,
  { plan, layout }: Audited,
  nowMs: number,
): void {
  write(out, {
    format: "seawall-audit/1",
    at: new Date(nowMs).toISOString(),
    event: "started",
    run: runId,
    user: userOf(env),
    machine: hostname(),
    experiment: plan.experiment,
    target: plan.target,
    version: plan.versionGiven ?? null,
    hosts: hostsIn(layout),
    requestsPerSecondMax: plan.requestsPerSecondMax ?? null,
    faults: plan.steps.map(({ fault }) => fault.kind),
    rerun: plan.rerun,
  });
}

export function auditEnd(out: string, runId: string, status: string, nowMs: number): void {
  write(out, {
    format: "seawall-audit/1",
    at: new Date(nowMs).toISOString(),
    event: "ended",
    run: runId,
    status,
  });
}

/** Those that Seawall did not start; on this machine and elsewhere. */
function hostsIn({ services }: Layout): string[] {
  return [
    ...new Set(
      services.flatMap(({ at }) =>
        Object.values(at ?? {}).map(({ host, port }) => `${host}:${port}`),
      ),
    ),
  ];
}

/** In a pipeline, the user who triggered it; a number if the system has no name. */
function userOf(env: Context["env"]): string {
  const known = env["GITHUB_ACTOR"] ?? env["GITLAB_USER_LOGIN"] ?? env["SUDO_USER"];
  if (known !== undefined && known !== "") return known;
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}

/** One write each, so that runs side by side do not mix their lines. */
function write(out: string, line: object): void {
  const path = join(out, auditFile);
  try {
    appendFileSync(path, `${JSON.stringify(line, withoutSecrets)}\n`);
  } catch (error) {
    throw storageError(path, error);
  }
}
