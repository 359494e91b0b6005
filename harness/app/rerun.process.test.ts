import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rerunCommand } from "./rerun.ts";
import { times } from "../../test/support/thorough.ts";

const run = {
  seed: 7,
  substrate: "process",
  topology: null,
  scale: 1,
  without: [],
  allowHosts: [],
  force: false,
} as const;

describe("the command that repeats a run", () => {
  it("passes the same arguments through a shell, whatever the names", () => {
    const word = fc
      .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 })
      .filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(word, word, (name, defence) => {
        const command = rerunCommand({ root: "/p", cwd: "/p", env: {} }, `/${name}`, {
          ...run,
          without: [defence],
        });
        const words = execFileSync(
          "sh",
          ["-c", `set -f; printf '%s\\0' ${command.replace("./seawall", "seawall")}`],
          { encoding: "utf8" },
        ).split("\0");
        expect([words[2], words[8]]).toEqual([resolve(`/${name}`), defence]);
      }),
      { numRuns: times(8) },
    );
  });
});
