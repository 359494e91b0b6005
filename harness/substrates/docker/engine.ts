/** The Docker engine: its address, its suitability, and the meaning of its errors. */
import { request } from "node:http";
import type Docker from "dockerode";
import { SeawallError } from "../../base/errors.ts";

/** The API of Docker 20.10, the oldest tested version. */
const apiMin = "1.41";
const askMs = 3_000;

/** The address of the engine: the value of DOCKER_HOST, or the usual socket. */
export interface EngineAddress {
  readonly host: string;
  readonly socketPath?: string;
  readonly tcp?: { readonly host: string; readonly port: number };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where docker looks if nothing names an engine. */
export const usualHost = "unix:///var/run/docker.sock";

/** Whether an engine, in the format of DOCKER_HOST, is on this machine. */
export function isLocal(host: string): boolean {
  if (host.startsWith("unix://")) return true;
  if (!URL.canParse(host)) return false;
  const { protocol, hostname } = new URL(host);
  return protocol === "tcp:" && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(hostname);
}

/**
 * Throws ENGINE_FAILED for an engine on another machine, whose networks would be unreachable from
 * here.
 */
export function engineAddress(
  env: Environment,
  where: "here" | "anywhere" = "here",
): EngineAddress {
  const host = env["DOCKER_HOST"] || usualHost;
  if (host.startsWith("unix://")) return { host, socketPath: host.slice("unix://".length) };
  const { hostname, port, protocol } = URL.canParse(host)
    ? new URL(host)
    : { hostname: "", port: "", protocol: "" };
  if (protocol === "tcp:" && (isLocal(host) || where === "anywhere"))
    return { host, tcp: { host: hostname.replace(/[[\]]/g, ""), port: Number(port || 2375) } };
  throw new SeawallError(
    "ENGINE_FAILED",
    `the engine that DOCKER_HOST names (${host}) is not on this machine`,
    {
      hint:
        "Seawall reaches containers by their own addresses, so the engine must run here: " +
        "unset DOCKER_HOST, or use --substrate process.",
    },
  );
}

/**
 * Checks the engine without loading its client. Null if it is suitable and has the given image;
 * otherwise the problem.
 */
export async function engineObstacle(
  env: Environment,
  image: string | null,
  where: "here" | "anywhere" = "here",
): Promise<string | null> {
  try {
    const address = engineAddress(env, where);
    const version = JSON.parse(await ask(address, "/version")) as { ApiVersion?: string };
    const { ApiVersion = "0" } = version;
    if (isOlder(ApiVersion))
      return `the engine on ${address.host} is too old (API ${ApiVersion}, needs ${apiMin})`;
    if (image === null) return null;
    await ask(address, `/images/${image}/json`);
    return null;
  } catch (error) {
    if (error instanceof NoImage)
      return `the image ${image} is not built yet; \`seawall image\` builds it`;
    return error instanceof SeawallError ? error.message : `no engine answers (${codeOf(error)})`;
  }
}

class NoImage extends Error {}

function ask({ socketPath, tcp }: EngineAddress, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...(socketPath === undefined ? tcp : { socketPath }), path, agent: false, timeout: askMs },
      (response) => {
        let text = "";
        response
          .setEncoding("utf8")
          .on("data", (part: string) => {
            text += part;
          })
          .once("error", reject)
          .once("end", () => {
            if (response.statusCode === 200) resolve(text);
            else
              reject(
                response.statusCode === 404
                  ? new NoImage()
                  : new Error(`status ${response.statusCode}`),
              );
          });
      },
    );
    asked
      .once("timeout", () => asked.destroy(new Error("no answer")))
      .once("error", reject)
      .end();
  });
}

/**
 * Loads the client, queries the engine and refuses an unsuitable one. Throws ENGINE_FAILED.
 * `anywhere`: an engine of another machine is permitted.
 */
export async function connectEngine(
  env: Environment,
  where: "here" | "anywhere" = "here",
): Promise<Docker> {
  const { host, socketPath, tcp } = engineAddress(env, where);
  // Loaded on demand, because it takes a third of a second.
  const { default: Client } = await import("dockerode");
  const docker = new Client(
    socketPath === undefined ? { ...tcp, protocol: "http" } : { socketPath },
  );
  const [version, info] = await Promise.all([docker.version(), docker.info()]).catch(
    (error: unknown) => {
      throw engineError(error, `ask the engine on ${host} who it is`);
    },
  );
  const unfit = unsuitability(version.ApiVersion, info as EngineInfo);
  if (unfit !== null)
    throw new SeawallError("ENGINE_FAILED", unfit, {
      hint: "Use --substrate process, which needs no engine.",
    });
  return docker;
}

export interface EngineInfo {
  readonly OSType: string;
  readonly OperatingSystem: string;
  readonly SecurityOptions?: readonly string[] | null;
}

/** Why the harness cannot use an engine of this kind, or null. */
export function unsuitability(apiVersion: string, info: EngineInfo): string | null {
  if (isOlder(apiVersion))
    return `the engine is too old: it speaks API ${apiVersion}, needed is ${apiMin} (Docker 20.10)`;
  if (info.OSType !== "linux")
    return `the engine runs ${info.OSType} containers; the target's are Linux`;
  const hidden = /Docker Desktop/.test(info.OperatingSystem)
    ? "Docker Desktop"
    : info.SecurityOptions?.some((option) => option.includes("rootless")) === true
      ? "a rootless engine"
      : null;
  return hidden === null
    ? null
    : `${hidden} keeps its networks to itself, and Seawall reaches containers by their own ` +
        "addresses";
}

function isOlder(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split(".").map(Number);
  const [majorMin = 0, minorMin = 0] = apiMin.split(".").map(Number);
  return major < majorMin || (major === majorMin && minor < minorMin);
}

/** One message with the attempt, the engine's answer, and a hint. */
export function engineError(error: unknown, doing: string): SeawallError {
  if (error instanceof SeawallError) return error;
  const engineMessage = messageOf(error);
  return new SeawallError("ENGINE_FAILED", `Docker: could not ${doing}: ${engineMessage}`, {
    cause: error,
    hint: hintFor(codeOf(error), engineMessage),
  });
}

function hintFor(code: string, engineMessage: string): string {
  if (code === "EACCES" || code === "EPERM")
    return (
      "You may not use the engine's socket: join the group that owns it (`sudo usermod -aG " +
      "docker $USER`, then log in again), or use --substrate process."
    );
  if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ECONNRESET")
    return (
      "No engine runs there: start it (`sudo systemctl start docker`, or `sudo dockerd`), " +
      "point DOCKER_HOST at it, or use --substrate process."
    );
  if (/no space left|disk quota/i.test(engineMessage))
    return (
      "The disk of the engine is full: `docker system df` shows what takes the space, `docker " +
      "system prune` frees what is unused."
    );
  if (/overlaps|conflicts with network/i.test(engineMessage))
    return (
      "Another network has these addresses (198.18.0.0/15): `docker network ls` shows them; " +
      "`seawall recover` removes what an earlier run left."
    );
  if (/no such image/i.test(engineMessage)) return "Build it with `seawall image`.";
  return (
    "The engine's own log says more (`journalctl -u docker`); --substrate process needs no " +
    "engine."
  );
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}

/** dockerode's errors contain the engine's message as JSON. */
function messageOf(error: unknown): string {
  const { json, message } = error as { json?: { message?: string }; message?: string };
  return json?.message ?? message ?? String(error);
}

/** True if the answer says that the object does not exist. */
export function isGone(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 404;
}
