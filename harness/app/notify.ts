/**
 * Reports to an address a verdict that differs from the previous one. Slack, and what understands
 * its messages, shows the text. Nothing here changes a verdict.
 */
import type { Plan } from "../record/plan.ts";
import { subjectOf } from "../record/subject.ts";
import type { Status, Verdict } from "../record/verdict.ts";
import type { RecordedVerdict } from "../plan/prerequisites.ts";
import { callDirectly, isCallable } from "../system/direct-http.ts";
import type { Context } from "./context.ts";
import type { RunRequest } from "./options.ts";
import { recordedVerdicts } from "./verdict-history.ts";

export interface Notification {
  readonly format: "seawall-notification/1";
  /** For people. */
  readonly text: string;
  readonly experiment: string;
  readonly runId: string;
  readonly status: Status;
  readonly before: Status;
  readonly why: string;
  /** What was tested, as its user knows it; null where nothing was said. */
  readonly subject: string | null;
}

const withinMs = 5_000;

/** The newest verdict on the same question: experiment, place, and defences that are off. */
function verdictBefore(out: string, plan: Plan): Status | null {
  const asked = ({ experiment, topology, substrate, without, scale }: Asked): string =>
    JSON.stringify([experiment, topology, substrate, [...without].sort(), scale ?? 1]);
  const same = recordedVerdicts(out).filter((one) => asked(one) === asked(plan));
  return same.sort((a, b) => (a.runId < b.runId ? -1 : 1)).at(-1)?.status ?? null;
}

type Asked = Pick<RecordedVerdict, "experiment" | "topology" | "substrate" | "without"> & {
  readonly scale?: number;
};

/** Null where there is nothing to tell. */
export function notificationOf(
  plan: Plan,
  { runId, status, why }: Verdict,
  before: Status | null,
): Notification | null {
  if (before === null || before === status) return null;
  const subject = subjectOf(plan);
  return {
    format: "seawall-notification/1",
    text:
      `${plan.experiment}${subject === null ? "" : ` (${subject})`} was ${before} and is ` +
      `${status}: ${why}`,
    experiment: plan.experiment,
    runId,
    status,
    before,
    why,
    subject,
  };
}

/** An address that does not take it costs a line, and no verdict. It may hold a secret. */
async function notify(
  context: Pick<Context, "stderr" | "signal">,
  webhook: string,
  notification: Notification,
): Promise<void> {
  const failed = (why: string): void =>
    void context.stderr.write(`the webhook did not take the verdict: ${why}\n`);
  if (!isCallable(webhook)) return failed("it is no address such as https://hooks.example/path");
  try {
    const { status } = await callDirectly(webhook, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(notification),
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(withinMs)]),
    });
    if (status >= 300) failed(`${new URL(webhook).host} answered ${status}`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    failed(`${new URL(webhook).host}: ${code ?? message}`);
  }
}

/** Follows the verdicts of one experiment in a command, and reports the last one. */
export class VerdictWatch {
  readonly #context: Pick<Context, "stderr" | "signal">;
  readonly #options: Pick<RunRequest, "out" | "webhook">;
  #before: Status | null | undefined;

  constructor(context: Pick<Context, "stderr" | "signal">, options: RunRequest) {
    this.#context = context;
    this.#options = options;
  }

  /** Before the first run is on disk. */
  begins(plan: Plan): void {
    if (this.#options.webhook != null && this.#before === undefined)
      this.#before = verdictBefore(this.#options.out, plan);
  }

  async ends(plan: Plan, verdict: Verdict): Promise<void> {
    const { webhook } = this.#options;
    const notification = notificationOf(plan, verdict, this.#before ?? null);
    if (webhook != null && notification !== null)
      await notify(this.#context, webhook, notification);
  }
}
