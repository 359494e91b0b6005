/**
 * Keeps the undo of faults on services that outlive the run in the ledger, before the act. So a
 * deploy is rolled back even if the harness is killed.
 */
import { kindOf, type Fault } from "../faults/faults.ts";
import type { InjectFault } from "../faults/inject.ts";
import type { UndoLedger } from "../record/undo.ts";
import type { Deployment } from "../target/deployment.ts";
import type { Command } from "../target/layout.ts";

export function keepingUndo(inject: InjectFault, ledger: UndoLedger): InjectFault {
  return async (fault, struck, deployment, context) => {
    const command = undoCommand(fault, deployment);
    if (command === null) return inject(fault, struck, deployment, context);
    const undone = ledger.record({ kind: "command", ...command, fault: fault.kind });
    const injection = await inject(fault, struck, deployment, context);
    return {
      ...injection,
      heal: async () => {
        const evidence = await injection.heal();
        // If it is not reverted, `recover` tries it again.
        if (evidence.landed) undone();
        return evidence;
      },
    };
  };
}

/** Null if the service ends with the run, or the undo is no program. */
function undoCommand(fault: Fault, deployment: Deployment): Command | null {
  const undo = kindOf(fault).undoneBy?.(fault) ?? null;
  if (undo === null) return null;
  const program = deployment.instance(undo.service).programOf?.(undo.operation) ?? null;
  return program === null ? null : { command: program.command, args: program.args };
}
