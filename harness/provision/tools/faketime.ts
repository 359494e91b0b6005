/** libfaketime, a preloaded library that allows a program's wall clock to be set while it runs. */

import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Place, type Recipe, Rejected } from "../recipe.ts";
import { programsInPath } from "./program.ts";
import { failureOf, run } from "../../system/child.ts";

/** The variant for programs with threads. */
const library = "libfaketimeMT.so.1";

export const faketime: Recipe = {
  name: "faketime",
  variable: "SEAWALL_FAKETIME",
  wanted: "0.9",
  pin: "1",
  install: "`apt-get install libfaketime`",
  group: "debian",
  from: ["debian"],
  debian: {
    packages: ["libfaketime"],
    placeIn: (root) => faketimesUnder(join(root, "usr/lib"))[0],
  },
  placeOf: libraryPlace,
  candidates: () => faketimesUnder("/usr/lib"),
  async check(place, context) {
    const date = programsInPath("date", context.env)[0];
    if (!existsSync(place.executable) || date === undefined)
      throw new Rejected(
        `${place.executable} is not there, or there is no \`date\` to try it with`,
      );
    const env = {
      ...context.env,
      LD_PRELOAD: place.executable,
      FAKETIME: "@2000-01-01 00:00:00",
      TZ: "UTC",
    };
    const seen = await run(date.executable, ["+%Y"], {
      env,
      signal: context.signal,
      timeoutMs: 15_000,
    });
    if (seen.exitCode !== 0) throw new Rejected(failureOf(date.executable, seen));
    if (seen.stdout.trim() !== "2000")
      throw new Rejected(
        `does not change what time a program sees: ${seen.stdout.trim()} ${seen.stderr.trim()}`,
      );
    return { version: "0.9" };
  },
};

/** Debian has one folder per architecture: `/usr/lib/x86_64-linux-gnu/faketime`. */
export function faketimesUnder(folder: string): readonly Place[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name, "faketime", library))
    .filter((path) => existsSync(path))
    .map(libraryPlace);
}

function libraryPlace(path: string): Place {
  return { executable: path, directory: dirname(path) };
}
