/** The one documented command that needs an engine, unchanged. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { documentsIn, problemsOf } from "../../test/support/documents.ts";
import { noEngine, root } from "../../test/support/docker-engine.ts";

const typed = async (command: string): Promise<string> =>
  (await promisify(execFile)("sh", ["-c", command], { cwd: root, timeout: 290_000 })).stdout;

it.skipIf(noEngine)(
  "builds the image, and prints its name for users and for programs",
  async () => {
    const name = (await typed("./seawall image")).trim();
    expect(name).toMatch(/^seawall\/target:[0-9a-f]{12}$/);
    const printed = documentsIn(await typed("./seawall image --json"));
    expect(printed).toEqual([{ format: "seawall-image/1", name, built: false }]);
    expect(printed.flatMap(problemsOf)).toEqual([]);
  },
);
