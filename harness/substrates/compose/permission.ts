/**
 * The engine that the user's `docker` command speaks to, and whether a run may break what runs
 * there. An engine on this machine is permitted. The setting `allowContexts` must name any other,
 * by its context or by its address.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../adapter.ts";
import { isLocal, usualHost } from "../docker/engine.ts";

export interface NamedEngine {
  /** In the format of DOCKER_HOST. */
  readonly host: string;
  /** The context that names it; null for DOCKER_HOST and the usual socket. */
  readonly context: string | null;
}

/** As the docker command decides: DOCKER_HOST, then DOCKER_CONTEXT, then the chosen context. */
export function engineOf(env: Environment): NamedEngine {
  const host = env["DOCKER_HOST"];
  if (host !== undefined && host !== "") return { host, context: null };
  const folder = env["DOCKER_CONFIG"] || join(env["HOME"] || homedir(), ".docker");
  const context = env["DOCKER_CONTEXT"] || currentContext(folder);
  if (context === undefined || context === "" || context === "default")
    return { host: usualHost, context: null };
  return { host: hostOf(folder, context), context };
}

function currentContext(folder: string): string | undefined {
  return (read(join(folder, "config.json")) as { currentContext?: string } | null)?.currentContext;
}

/** Contexts are stored in folders that are named after a hash. Empty if it cannot be read. */
function hostOf(folder: string, context: string): string {
  const id = createHash("sha256").update(context).digest("hex");
  const meta = read(join(folder, "contexts", "meta", id, "meta.json")) as {
    readonly Endpoints?: { readonly docker?: { readonly Host?: string } };
  } | null;
  return meta?.Endpoints?.docker?.Host ?? "";
}

function read(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** Why a run may not touch this engine, or null. */
export function forbidden(
  env: Environment,
  allowed: readonly string[],
): { why: string; hint: string } | null {
  const { host, context } = engineOf(env);
  const name = context ?? host;
  if (host === "")
    return {
      why: `the docker context "${name}" names no engine that can be read`,
      hint: "`docker context ls` shows the contexts. Choose another one with DOCKER_CONTEXT.",
    };
  if (isLocal(host)) return null;
  if (!allowed.includes(name))
    return {
      why: `docker speaks to ${name}, which is not this machine; faults there need permission`,
      hint:
        "Choose a local engine (DOCKER_CONTEXT=default), or permit this one with " +
        `--allow-context ${name}.`,
    };
  return host.startsWith("tcp://")
    ? null
    : {
        why:
          `the engine of ${name} is reached by ${host.split(":")[0]}, ` +
          "which Seawall cannot speak",
        hint: "Forward its socket to this machine, and name that in DOCKER_HOST.",
      };
}
