/** The example of a compose project: by compose where its plugin exists, else by its labels. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judged } from "../../test/support/cli/judged.ts";
import { imageOf } from "../../test/support/compose/images.ts";
import { type Project, startProject } from "../../test/support/compose/project.ts";
import { noEngine, root } from "../../test/support/docker-engine.ts";
import { connectEngine } from "../substrates/docker/engine.ts";

const experiment = "./examples/compose/origin-lost.ts";
const folder = join(root, "examples/compose");
const nginx = "/usr/sbin/nginx";
const hasNginx = spawnSync(nginx, ["-v"]).status === 0;
const hasCompose = spawnSync("docker", ["compose", "version"]).status === 0;
if (!noEngine && !hasNginx)
  process.stderr.write(`the test of examples/compose is skipped: there is no ${nginx}\n`);
const images = { EDGE_IMAGE: "seawall-test-nginx:1", ORIGIN_IMAGE: "seawall-test-origin:1" };

async function makeImages(): Promise<void> {
  const docker = await connectEngine(process.env);
  await imageOf(docker, images.EDGE_IMAGE, { "/usr/sbin/nginx": nginx });
  await imageOf(docker, images.ORIGIN_IMAGE, { "/usr/local/bin/node": process.execPath });
}

/** As compose.yml describes it. */
function startItems(conf: string): Promise<Project> {
  const origin = {
    image: images.ORIGIN_IMAGE,
    command: ["node", "/origin.mjs"],
    binds: [`${join(folder, "origin.mjs")}:/origin.mjs:ro`],
  };
  return startProject({
    "origin-a": origin,
    "origin-b": origin,
    edge: {
      image: images.EDGE_IMAGE,
      command: ["nginx", "-g", "daemon off;"],
      binds: [`${join(folder, conf)}:/etc/nginx/nginx.conf:ro`],
      published: { 80: 18_480 },
    },
  });
}

describe.skipIf(noEngine || !hasNginx)("an origin that is lost in its container", () => {
  beforeAll(makeImages);

  describe.each([
    ["holds with failover", "failover.conf", 0],
    ["is refuted without it", "no-failover.conf", 1],
  ] as const)("of a project that runs already", (title, conf, status) => {
    let project: Project;
    beforeAll(async () => {
      project = await startItems(conf);
    });
    afterAll(() => project?.[Symbol.asyncDispose]());

    it(title, async (test) => {
      const env = { SEAWALL_SUBSTRATE: "auto", PROJECT: project.name, EDGE_CONF: conf };
      const { exitCode, stdout, stderr, out } = await judged(test, () => ["run", experiment], env);
      expect(exitCode, stdout + stderr).toBe(status);
      expect(out.events().find(({ kind }) => kind === "injected")).toMatchObject({
        evidence: { landed: true, observation: expect.stringContaining("of origin-a is gone") },
      });
      const { State } = await project.docker.getContainer(project.id("origin-a-1")).inspect();
      expect(State).toMatchObject({ Running: true, Paused: false });
    });
  });

  it.skipIf(!hasCompose)("holds in a project that the run brings up", async (test) => {
    const env = { SEAWALL_SUBSTRATE: "auto", ...images };
    const { exitCode, stdout, stderr } = await judged(test, () => ["run", experiment], env);
    expect(exitCode, stdout + stderr).toBe(0);
    const docker = await connectEngine(process.env);
    const filters = { label: ["com.docker.compose.project=seawall-items"] };
    expect(await docker.listContainers({ all: true, filters })).toEqual([]);
  });
});
