/**
 * The entry point of a container of `docker-compose.yml`: one service of the target, given by name.
 * It asks the target for the service's launch at its fixed address, writes its files, and executes
 * it.
 *
 *     node harness/substrates/docker/entry.ts TARGET-MODULE TOPOLOGY SERVICE
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Target } from "../../target/target.ts";
import { addressesOf, composeSlot } from "./addresses.ts";
import { placeInContainer } from "./place.ts";
import { sharedToken } from "./shared-token.ts";

const directory = "/run/seawall";
/** A volume that all services share. */
const cacheDirectory = "/var/cache/seawall";

const [, , path = "", topology = "", name = ""] = process.argv;
const module = (await import(pathToFileURL(resolve(path)).href)) as Record<string, Target>;
const target = Object.values(module).find(
  (value) => typeof value === "object" && "topologies" in value,
);
const layout = target?.topologies[topology]?.layout();
const service = layout?.services.find((one) => one.name === name);
if (layout === undefined || service === undefined) {
  process.stderr.write(`${path} has no service "${name}" in a topology "${topology}"\n`);
  process.exit(64);
}
// Without faults, each link is a direct connection.
const addresses = addressesOf({ ...layout, links: [] }, composeSlot);
const without = (process.env["SEAWALL_WITHOUT"] ?? "")
  .split(",")
  .filter((defence) => defence !== "");
const launch = service.launch(
  placeInContainer({
    service,
    layout,
    addresses,
    directory,
    without,
    cacheDirectory,
    controlToken: process.env["SEAWALL_CONTROL_TOKEN"] || sharedToken(cacheDirectory),
    seed: 1,
  }),
);
for (const [file, text] of Object.entries(launch.files)) {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}
mkdirSync(directory, { recursive: true });
process.chdir(directory);
process.execve?.(launch.command, [launch.command, ...launch.args], {
  PATH: process.env["PATH"] ?? "",
  HOME: directory,
  TMPDIR: directory,
  ...launch.env,
});
