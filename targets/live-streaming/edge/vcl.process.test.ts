/**
 * A real Varnish compiles each configuration that a topology gives its nodes, with each switch off.
 */
import "../tools/recipes.ts";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Place, Service } from "../../../harness/target/layout.ts";
import { provision } from "../../../harness/provision/provision.ts";
import { run } from "../../../harness/system/child.ts";
import { defences } from "../layout/defences.ts";
import { liveStreaming } from "../target.ts";

const { varnish } = await provision(["varnish"], { env: process.env });
const directory = mkdtempSync(join(tmpdir(), "seawall-vcl-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

function filesOf(service: Service, off: readonly string[]): Files {
  const at = { host: "127.0.0.1", port: 1 };
  const place: Place = {
    directory,
    cacheDirectory: "/shared",
    controlToken: "token-of-the-run",
    seed: 1,
    enabled: (name) => !off.includes(name),
    listen: () => at,
    direct: () => at,
    reach: () => at,
    tool: () => varnish,
  };
  return service.launch?.(place).files ?? {};
}

/** Nodes that differ only in site names are compiled once. */
const likeness = (files: Files): string =>
  `${files["vcl/edge.vcl"]}${files["vcl/settings.vcl"]?.match(/^backend/gm)?.length}`;

function configurations(): Map<string, { readonly title: string; readonly files: Files }> {
  const names = defences.map(({ name }) => name);
  const switchedOff = [[], ...names.map((name) => [name]), names];
  const found = new Map<string, { title: string; files: Files }>();
  for (const [topology, { layout }] of Object.entries(liveStreaming.topologies))
    for (const service of layout().services.filter(({ tools }) => tools.includes("varnish")))
      for (const off of switchedOff) {
        const files = filesOf(service, off);
        const without = off.length > 1 ? "everything" : (off[0] ?? "nothing");
        const title = `${service.name} of ${topology}, without ${without}`;
        if (!found.has(likeness(files))) found.set(likeness(files), { title, files });
      }
  return found;
}

/** The errors of `varnishd -C` for the rules in this folder; null if it accepts them. */
async function problemIn(folder: string): Promise<string | null> {
  const own = mkdtempSync(join(directory, "varnish-"));
  // The result never runs, so the C compiler need not optimise.
  const args = varnish.args.map((each) => each.replace("-O2", "-O0"));
  const { exitCode, stderr } = await run(
    varnish.executable,
    [...args, "-s", "main=malloc,1m", "-s", "old=malloc,1m", "-n", own].concat(
      "-C",
      "-f",
      join(folder, "edge.vcl"),
    ),
    { env: { ...process.env, ...varnish.env } },
  );
  // On success varnishd prints the C code there.
  return exitCode === 0 ? null : stderr.slice(-2_000);
}

async function problemOf(files: Files): Promise<string | null> {
  const folder = mkdtempSync(join(directory, "rules-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return problemIn(join(folder, "vcl"));
}

describe.concurrent("varnishd -C", () => {
  const all = [...configurations().values()];

  it("accepts every kind of node with each of its switches off", () => {
    expect(all.length).toBeGreaterThan(30);
  });

  it.each(all)("$title", async ({ files }) => expect(await problemOf(files)).toBeNull());

  it("accepts the rules in the repository", async () =>
    expect(await problemIn(join(import.meta.dirname, "vcl"))).toBeNull());

  it("names the line of an invalid rule", async () => {
    const files = { ...(all[0]?.files ?? {}) };
    files["vcl/clock.vcl"] = `${files["vcl/clock.vcl"]}\nsub nobody_calls_this {}\n`;
    expect(await problemOf(files)).toMatch(/Unused sub nobody_calls_this[\s\S]+clock\.vcl/);
  });
});
