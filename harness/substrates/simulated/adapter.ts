/** The simulated substrate for the registry: the target's model in virtual time. */
import { simulatedSupport } from "../../faults/faults.ts";
import type { SubstrateAdapter } from "../adapter.ts";
import { VirtualMachine } from "./machine.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { simulatedWorld } from "./world.ts";

export const adapter: SubstrateAdapter = {
  refusal: () => null,
  obstacle: async () => "it is a model",
  why: (_how, { model }) => `virtual time, ${model?.title ?? "of which this target has no model"}`,
  supports: () => simulatedSupport,
  tools: () => [],
  virtual: (startMs) => {
    const clock = new VirtualClock(startMs);
    return {
      clock,
      world: (options) => simulatedWorld({ ...options, clock, machine: new VirtualMachine() }),
    };
  },
};
