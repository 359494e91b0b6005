/**
 * Varnish 7 with the vmods that the edge uses. Varnish compiles each VCL with a C compiler. The
 * check therefore compiles one, so that a missing compiler or vmod shows here and not during a run.
 */

import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { failureOf, run } from "../../../harness/system/child.ts";
import {
  type CheckContext,
  type Place,
  type Recipe,
  Rejected,
} from "../../../harness/provision/recipe.ts";
import { compilerIn, libraryEnv, multiarch } from "../../../harness/provision/tree.ts";
import { demand, versionIn } from "../../../harness/provision/version.ts";
import {
  ask,
  companionsOf,
  placeOfProgram,
  programsInPath,
} from "../../../harness/provision/tools/program.ts";

const companions = ["varnishadm", "varnishlog", "varnishncsa", "varnishstat", "varnishtop"];
const compileTimeoutMs = 60_000;

const vcl = `vcl 4.1;
import std;
import directors;
import var;
backend default none;
sub vcl_recv {
  std.log(var.global_get("seawall"));
  return (synth(200));
}
sub vcl_init { new region = directors.round_robin(); }
`;

export const varnish: Recipe = {
  name: "varnish",
  variable: "SEAWALL_VARNISH",
  wanted: "7.x with the vmods std, directors and var, and a C compiler",
  pin: "7",
  install: "`apt-get install varnish varnish-modules gcc`",
  group: "debian",
  from: ["debian"],
  debian: { packages: ["varnish", "varnish-modules"], program: "varnishd" },
  placeOf: placeOfProgram,
  candidates: (env) => programsInPath("varnishd", env),
  async check(place, context) {
    const env = await libraryEnv(place, context);
    const version = versionIn(await ask(place, ["-V"], context, env), /varnish-(\d+\.\d+\.\d+)/);
    demand(version, "7.0", "8");
    const args = await argsThatCompile(place, context, env);
    const folders =
      place.root === undefined ? [] : [join(place.root, "usr/bin"), join(place.root, "usr/sbin")];
    return {
      version,
      env,
      args,
      companions: companionsOf(place, companions, [...folders, "/usr/bin"]),
      restsOn: compilersInPath(context.env),
    };
  },
};

/**
 * The first set of arguments with which a VCL compiles: the package's own, else with the compiler
 * of the extracted tree.
 */
async function argsThatCompile(
  place: Place,
  context: CheckContext,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const vmods = place.root === undefined ? [] : ["-p", `vmod_path=${vmodPath(place.root)}`];
  const compiler = place.root === undefined ? undefined : compilerIn(place.root);
  const choices = [vmods];
  if (compiler !== undefined)
    choices.push([
      ...vmods,
      "-p",
      `cc_command='${compiler}' -nostdlib -O2 -fPIC -shared -pthread -Wl,-x -o %o %s`,
    ]);
  let reason = "";
  for (const args of choices) {
    const failure = await compileFailure(place, args, context, env);
    if (failure === undefined) return args;
    reason = failure;
  }
  throw new Rejected(`cannot compile a VCL: ${reason}`);
}

async function compileFailure(
  place: Place,
  args: readonly string[],
  context: CheckContext,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const file = join(context.scratch, "seen.vcl");
  await writeFile(file, vcl);
  const outcome = await run(
    place.executable,
    [...args, "-C", "-n", join(context.scratch, "varnish"), "-f", file],
    {
      env: { ...context.env, ...env },
      signal: context.signal,
      timeoutMs: compileTimeoutMs,
    },
  );
  // The generated C code, which is all of stdout, would hide the error.
  return outcome.exitCode === 0 ? undefined : failureOf("varnishd -C", { ...outcome, stdout: "" });
}

/**
 * The tree's vmods and the system's: with an installed Varnish, only varnish-modules may have been
 * fetched.
 */
function vmodPath(root: string): string {
  const folder = `usr/lib/${multiarch}/varnish/vmods`;
  return [join(root, folder), join("/", folder)].filter((path) => existsSync(path)).join(":");
}

function compilersInPath(env: NodeJS.ProcessEnv): string[] {
  return ["gcc", "cc"].flatMap((name) =>
    programsInPath(name, env)
      .slice(0, 1)
      .map((place) => place.executable),
  );
}
