/**
 * Builds k6 and Toxiproxy from the module in `go/`, whose go.sum pins every source file by
 * checksum.
 */

import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { runWell } from "../../system/child.ts";
import { type PartName, type Place, Rejected } from "../recipe.ts";
import { placeOfProgram, programsInPath } from "../tools/program.ts";
import { toxiproxyVersion } from "../tools/toxiproxy.ts";
import { compare, versionIn } from "../version.ts";
import type { Source } from "./source.ts";

const moduleFolder = fileURLToPath(new URL("../go", import.meta.url));
const goVersionMin = "1.25";

export const goModule: Source = {
  kind: "registry",
  title: "a Go module",
  oneByOne: false,
  obstacle: (env) =>
    programsInPath("go", env).length === 0
      ? `go >= ${goVersionMin} is not on this machine`
      : undefined,

  async build(recipes, { env, signal, staging, say }) {
    const go = programsInPath("go", env)[0]?.executable;
    if (go === undefined) throw new Rejected(`go >= ${goVersionMin} is not on this machine`);
    const buildEnv = environment(env);
    const version = versionIn(
      (await runWell(go, ["version"], { env: buildEnv, signal, cwd: moduleFolder })).stdout,
      /go(\d+\.\d+(?:\.\d+)?)/,
    );
    if (compare(version, goVersionMin) < 0)
      throw new Rejected(`go is version ${version}, wanted >= ${goVersionMin}`);

    // Sets Toxiproxy's own version variable, as its release build does.
    const ldflags = `-s -w -X github.com/Shopify/toxiproxy/v2.Version=${toxiproxyVersion}`;
    const places = new Map<PartName, Place>();
    for (const { name, goModule: built } of recipes) {
      if (built === undefined) throw new Rejected(`no Go package holds ${name}`);
      const output = join(staging, built.program);
      const step = `building ${name} with go ${version}, which may take two minutes`;
      say(step);
      await runWell(
        go,
        [
          "build",
          "-v",
          "-mod=readonly",
          "-trimpath",
          "-ldflags",
          ldflags,
          "-o",
          output,
          built.main,
        ],
        {
          cwd: moduleFolder,
          env: buildEnv,
          signal,
          nice: true,
          onLine: (line) => say(step, line),
        },
      );
      places.set(name, placeOfProgram(output));
    }
    return places;
  },
};

/**
 * The user's own Go settings, such as a proxy and cache folders, without those that would change
 * the build.
 */
function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GOOS: _system, GOARCH: _architecture, ...rest } = env;
  return {
    ...rest,
    GOFLAGS: "-mod=readonly -buildvcs=false",
    GOWORK: "off",
    GOTOOLCHAIN: "local",
    CGO_ENABLED: "0",
  };
}
