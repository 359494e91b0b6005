/**
 * An operator performs one of a service's operations. Act and proof are the same in virtual time.
 */
import { defineFault } from "../../target/fault.ts";
import { onService } from "../strikes.ts";
import { operatorAct } from "./inject.ts";
import { operatorStep, type OperatorStep } from "./step.ts";

const operations = ({ operation, look, undo }: OperatorStep): string[] => [
  operation,
  look.operation,
  ...(undo === undefined ? [] : [undo.operation]),
];

export const operate = defineFault({
  ...onService,
  schema: operatorStep,
  does: "an operation of a service, such as `broadcast`",
  describe: ({ operation, service, parameters }) => {
    const given =
      parameters === undefined
        ? ""
        : ` (${Object.entries(parameters)
            .map(([name, value]) => `${name} ${value}`)
            .join(", ")})`;
    return `${operation} at ${service}${given}`;
  },
  proof: "the service reports the expected state and did not before",
  undo: "revert it, where possible, and check that it is gone",
  silences: false,
  shares: true,
  lasts: ({ undo }) => undo !== undefined,
  operations,
  modelOperations: operations,
  undoneBy: ({ service, undo }) =>
    undo === undefined ? null : { service, operation: undo.operation },
  needs: ["operations"],
  inject: operatorAct,
  simulate: operatorAct,
});
