import { expect, it } from "vitest";
import type { Fault } from "../faults/faults.ts";
import type { InjectFault } from "../faults/inject.ts";
import type { UndoEntry } from "../record/undo.ts";
import type { Deployment } from "../target/deployment.ts";
import { keepingUndo } from "./keep-undo.ts";

const deploy: Fault = {
  kind: "operate",
  service: "notes",
  operation: "deploy",
  look: { operation: "version", shows: "2" },
  undo: { operation: "rollback" },
};

/** What stands in the ledger when the fault acts, and after its heal. */
async function kept(
  fault: Fault,
  program: { readonly command: string; readonly args: readonly string[] } | null,
  isHealed = true,
): Promise<readonly (readonly UndoEntry[])[]> {
  const open = new Set<UndoEntry>();
  const seen: UndoEntry[][] = [];
  const inject: InjectFault = async () => {
    seen.push([...open]);
    return {
      actedMs: 0,
      evidence: { landed: true, observation: "" },
      observe: null,
      heal: async () => ({ landed: isHealed, observation: "" }),
    };
  };
  const deployment = {
    instance: () => ({ programOf: () => (program === null ? null : { ...program, env: {} }) }),
  } as unknown as Deployment;
  const ledger = {
    record: (entry: UndoEntry) => {
      open.add(entry);
      return () => void open.delete(entry);
    },
  };
  const injection = await keepingUndo(inject, ledger)(
    fault,
    { services: ["notes"], links: [], lasts: true, severs: false },
    deployment,
    {} as Parameters<InjectFault>[3],
  );
  await injection.heal();
  seen.push([...open]);
  return seen;
}

const rollback = { command: "sh", args: ["-c", "rollback"] };

it("writes down what reverts a deploy before it, until it is reverted", async () => {
  expect(await kept(deploy, rollback)).toEqual([
    [{ kind: "command", ...rollback, fault: "operate" }],
    [],
  ]);
});

it("keeps it where the revert failed, so that `recover` tries it again", async () => {
  expect((await kept(deploy, rollback, false))[1]).toHaveLength(1);
});

it("writes nothing for a service that ends with the run, or without an undo", async () => {
  expect(await kept(deploy, null)).toEqual([[], []]);
  const { undo: _, ...stays } = deploy as Fault & { undo: unknown };
  expect(await kept(stays as Fault, rollback)).toEqual([[], []]);
  expect(await kept({ kind: "kill", service: "notes" }, rollback)).toEqual([[], []]);
});
