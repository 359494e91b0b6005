/** What the docker substrate can do to a service: a file of `effects/` each. */
import type { Effect } from "../../target/deployment.ts";
import { type EffectOn, effectsIn } from "../effects.ts";
import type { Container, ContainerOptions } from "./container.ts";

/** A running service. */
export interface Struck {
  readonly container: Container;
  /** Whose network interface it uses. */
  readonly zone: Container;
  readonly directory: string;
  readonly host: string;
  readonly service: string;
}

/** What of its container an effect may change. */
export type Making = Pick<ContainerOptions, "command" | "env" | "user" | "host">;

export interface DockerEffect<F extends Effect = Effect> extends EffectOn<Struck, F> {
  /** The container of a service to which this will be done. Left out where each will do. */
  prepare?(making: Making, directory: string): Making;
}

export const effects = await effectsIn<DockerEffect>("docker");
