/** The effects of the docker substrate on a service, one file each in `effects/`. */
import type { Effect } from "../../target/deployment.ts";
import { type EffectOn, effectsIn } from "../effects.ts";
import type { Container, ContainerOptions } from "./container.ts";

/** The running service that an effect strikes. */
export interface Struck {
  readonly container: Container;
  /** The container whose network interface it uses. */
  readonly zone: Container;
  readonly directory: string;
  readonly host: string;
  readonly service: string;
}

/** The options of a container that an effect may change. */
export type Making = Pick<ContainerOptions, "command" | "env" | "user" | "host">;

export interface DockerEffect<F extends Effect = Effect> extends EffectOn<Struck, F> {
  /** Prepares the container of a service that a step will strike. Omitted if none is needed. */
  prepare?(making: Making, directory: string): Making;
}

export const effects = await effectsIn<DockerEffect>("docker");
