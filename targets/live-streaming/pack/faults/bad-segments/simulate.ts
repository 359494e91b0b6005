/** The model's packager corrupts its publications. */
import type { FaultExecution, VirtualStrike } from "../../../../../harness/target/fault.ts";
import { names, evidenceOf } from "../../../../../harness/faults/proofs.ts";

export function simulate({
  fault: { defect, segments },
  services,
}: VirtualStrike<{ readonly defect: string; readonly segments: number }>): FaultExecution {
  const perform = (operation: string, parameters = {}): Promise<boolean> =>
    Promise.all(services.map((service) => service.operate(operation, parameters))).then(
      () => true,
      () => false,
    );
  let done = false;
  return {
    act: async () => {
      done = await perform("defects", { kind: defect, segments: String(segments) });
    },
    verify: () =>
      evidenceOf(
        done && services.length > 0,
        done
          ? `${names(services)} did defects`
          : `the model of ${names(services)} knows no defects`,
      ),
    look: () =>
      evidenceOf(
        done && services.every(({ pid }) => pid !== null),
        `${names(services)} did defects, and has lived since`,
      ),
    revert: async () => void (await perform("defectsOff")),
    verifyReverted: () => evidenceOf(true, `${names(services)} did defectsOff`),
  };
}
