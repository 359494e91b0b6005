/** Faults that the substrate itself does to a service, and that only it can see. */
import { inject } from "../core/injection.ts";
import type { Effect, Impairment, Injection, InjectionContext, Instance } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";

const nothing: Evidence = { landed: true, observation: "it was never in force" };

export function impaired(
  instance: Instance, effect: Effect, context: InjectionContext, look: (impairment: Impairment) => Promise<Evidence> = (impairment) => impairment.observe(),
): Promise<Injection> {
  let impairment: Impairment | null = null;
  let undone: Evidence = nothing;
  return inject(context, {
    act: async () => {
      impairment = await instance.impair(effect);
    },
    prove: async () => (impairment === null ? nothing : await look(impairment)),
    look: async () => (impairment === null ? nothing : await impairment.observe()),
    undo: async () => {
      undone = (await impairment?.undo()) ?? nothing;
    },
    proveHealed: async () => undone,
  });
}
