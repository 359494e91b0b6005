/** k6 has another engine than Node: what is read there must be the same. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { bundled } from "../../../../../harness/load/bundle.ts";
import { provision } from "../../../../../harness/provision/provision.ts";
import { everythingIn } from "../../../../../test/support/live-streaming/everything-in.ts";

const { k6 } = await provision(["k6"], { env: process.env });
const golden = join(import.meta.dirname, "golden");
const files = [
  "ts/media.m3u8",
  "fmp4/master.m3u8",
  "fmp4/snd.m3u8",
  "range/media.m3u8",
  "dash-number/manifest.mpd",
  "dash-time/manifest.mpd",
];
const support = join(import.meta.dirname, "../../../../../test/support/live-streaming");

it("reads in k6 what it reads in Node", async () => {
  const texts = files.map((name) => readFileSync(join(golden, name), "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "seawall-in-k6-"));
  try {
    const script = join(folder, "script.js");
    const source = `
      import { everythingIn } from ${JSON.stringify(join(support, "everything-in.ts"))};
      export default function () {
        for (const text of ${JSON.stringify(texts)})
          console.log("READ" + JSON.stringify(everythingIn(text)));
      }`;
    writeFileSync(script, await bundled(source, support, "of this test"));
    const { stderr } = await promisify(execFile)(
      k6.executable,
      [...k6.args, "run", "--quiet", "--no-usage-report", "--log-format", "raw", script],
      { env: { ...process.env, ...k6.env } },
    );
    const read = stderr.split("\n").filter((line) => line.startsWith("READ"));
    expect(read.map((line) => JSON.parse(line.slice(4)))).toEqual(
      texts.map((text) => JSON.parse(JSON.stringify(everythingIn(text)))),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
