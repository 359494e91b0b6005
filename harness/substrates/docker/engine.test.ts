import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { SeawallError } from "../../base/errors.ts";
import {
  connectEngine,
  engineAddress,
  engineError,
  engineObstacle,
  unsuitability,
} from "./engine.ts";

const linux = {
  OSType: "linux",
  OperatingSystem: "Debian GNU/Linux 12 (bookworm)",
  SecurityOptions: ["name=seccomp,profile=default"],
};
let server: Server | undefined;
const folders: string[] = [];

afterEach(() => {
  server?.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A fake engine on its own socket. */
async function engine(
  answers: Readonly<Record<string, unknown>>,
): Promise<{ DOCKER_HOST: string }> {
  const folder = mkdtempSync(join(tmpdir(), "seawall-engine-"));
  folders.push(folder);
  const path = join(folder, "docker.sock");
  server = createServer((request, response) => {
    const answer = answers[(request.url ?? "").replace(/^\/v[\d.]+/, "")];
    response
      .writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" })
      .end(JSON.stringify(answer ?? { message: "not found" }));
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return { DOCKER_HOST: `unix://${path}` };
}

describe("the engine's address", () => {
  it("is the usual socket, or DOCKER_HOST on this machine", () => {
    expect(engineAddress({})).toEqual({
      host: "unix:///var/run/docker.sock",
      socketPath: "/var/run/docker.sock",
    });
    expect(engineAddress({ DOCKER_HOST: "tcp://127.0.0.1:2376" })).toEqual({
      host: "tcp://127.0.0.1:2376",
      tcp: { host: "127.0.0.1", port: 2376 },
    });
    expect(engineAddress({ DOCKER_HOST: "tcp://localhost" }).tcp).toEqual({
      host: "localhost",
      port: 2375,
    });
  });

  it.each([
    "tcp://192.0.2.7:2375",
    "ssh://root@build",
    "tcp://127.evil.example",
    "npipe:////./pipe/docker",
  ])("is never another machine's: %s", (host) => {
    expect(() => engineAddress({ DOCKER_HOST: host })).toThrow("is not on this machine");
  });
});

describe("the obstacle to an engine", () => {
  it("is null if it answers, is recent enough and has the image", async () => {
    const env = await engine({
      "/version": { ApiVersion: "1.100" },
      "/images/seawall/target:1/json": {},
    });
    expect(await engineObstacle(env, null)).toBeNull();
    expect(await engineObstacle(env, "seawall/target:1")).toBeNull();
    expect(await engineObstacle(env, "seawall/target:2")).toContain("`seawall image` builds it");
  });

  it("is one line otherwise", async () => {
    expect(await engineObstacle({ DOCKER_HOST: "unix:///nowhere/docker.sock" }, null)).toBe(
      "no engine answers (ENOENT)",
    );
    expect(
      await engineObstacle(await engine({ "/version": { ApiVersion: "1.9" } }), null),
    ).toContain("too old");
  });

  it("is not the other machine where that is permitted", async () => {
    // The same machine by a name that does not say so.
    const env = { DOCKER_HOST: "tcp://[::ffff:127.0.0.1]:9" };
    expect(await engineObstacle(env, null)).toContain("is not on this machine");
    expect(await engineObstacle(env, null, "anywhere")).toContain("no engine answers");
  });

  it.each([
    ["1.40", linux, "too old"],
    ["1.44", { ...linux, OSType: "windows" }, "runs windows containers"],
    [
      "1.44",
      { ...linux, OperatingSystem: "Docker Desktop" },
      "Docker Desktop keeps its networks to itself",
    ],
    ["1.44", { ...linux, SecurityOptions: ["name=rootless"] }, "a rootless engine keeps"],
  ])("API %s: its kind", (version, info, explained) => {
    expect(unsuitability(version, info)).toContain(explained);
    expect(unsuitability("1.41", linux)).toBeNull();
  });

  it("is detected before anything starts", async () => {
    const env = await engine({ "/version": { ApiVersion: "1.24" }, "/info": linux });
    await expect(connectEngine(env)).rejects.toMatchObject({
      code: "ENGINE_FAILED",
      message: expect.stringContaining("API 1.24"),
      hint: expect.stringContaining("--substrate process"),
    });
    await expect(
      connectEngine({ DOCKER_HOST: "unix:///nowhere/docker.sock" }),
    ).rejects.toMatchObject({ code: "ENGINE_FAILED", hint: expect.stringContaining("start it") });
  });
});

describe("an engine's refusal", () => {
  it.each([
    [
      Object.assign(new Error("connect EACCES /var/run/docker.sock"), { code: "EACCES" }),
      "usermod -aG docker",
    ],
    [Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }), "start docker"],
    [
      Object.assign(new Error("(HTTP code 500) server error"), {
        json: { message: "write /var/lib/docker/x: no space left on device" },
      }),
      "docker system df",
    ],
    [new Error("Pool overlaps with other one on this address space"), "docker network ls"],
    [new Error("No such image: seawall/target:x"), "seawall image"],
    [new Error("something else"), "journalctl -u docker"],
  ])("has a hint: %s", (error, hint) => {
    const explained = engineError(error, "do it");
    expect(explained).toBeInstanceOf(SeawallError);
    expect(explained.message).toMatch(/^Docker: could not do it: /);
    expect(explained.hint).toContain(hint);
    expect(engineError(explained, "do something around it")).toBe(explained);
  });
});
