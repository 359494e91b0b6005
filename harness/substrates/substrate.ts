/** The conductor's interface to a substrate. */
import type { Deployment } from "../target/deployment.ts";
import type { Plan } from "../record/plan.ts";
import type { Layout } from "../target/layout.ts";
import type { UndoLedger } from "../record/undo.ts";

export interface Substrate {
  deploy(request: DeployRequest): Promise<Deployment>;
}

export interface DeployRequest {
  readonly plan: Plan;
  readonly runId: string;
  /** Authorises requests to the control endpoints of this run's services. */
  readonly controlToken: string;
  readonly layout: Layout;
  readonly logsDirectory: string;
  readonly undo: UndoLedger;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}
