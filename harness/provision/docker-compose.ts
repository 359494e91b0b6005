/**
 * Whether `docker compose` exists: it is a separate plugin, and without it docker rejects its flags
 * as unknown.
 */
import { spawnSync } from "node:child_process";
import type { Command } from "../target/layout.ts";
import type { Ability } from "./machine.ts";

const answerMs = 10_000;

export function composePlugin(env: NodeJS.ProcessEnv): Ability {
  const { status, stdout, error } = spawnSync("docker", ["compose", "version", "--short"], {
    env,
    encoding: "utf8",
    timeout: answerMs,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (error !== undefined)
    return {
      works: false,
      detail: "there is no docker command, so compose files cannot start a target",
    };
  if (status !== 0)
    return {
      works: false,
      detail:
        "docker has no compose plugin: apt-get install docker-compose-plugin, or as your " +
        "system calls it",
    };
  return { works: true, detail: `docker compose ${stdout.trim()}` };
}

/** No obstacle is known for commands other than docker compose. */
export function obstacleTo({ command, args }: Command, env: NodeJS.ProcessEnv): string | null {
  if (command !== "docker" || args[0] !== "compose") return null;
  const { works, detail } = composePlugin(env);
  return works ? null : detail;
}
