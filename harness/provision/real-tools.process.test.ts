import "../../targets/live-streaming/tools/recipes.ts";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { toolNames } from "../target/tools.ts";
import { inspect } from "./inspect.ts";
import { provision } from "./provision.ts";

const execute = promisify(execFile);
const names = ["k6", "toxiproxy", "cassandra", "memcached", "varnish", "nginx", "ffmpeg"] as const;
const tools = await provision([...names, "node", "faketime"], { env: process.env });

describe("the tools of this machine", () => {
  it("are found again with nothing to obtain", async () => {
    expect(toolNames()).toEqual(expect.arrayContaining([...names]));
    const again = await provision(names, {
      env: process.env,
      progress: () => expect.unreachable("nothing is being got"),
    });
    expect(again.k6.executable).toBe(tools.k6.executable);
  });

  it("are all reported", async () => {
    expect((await inspect({ env: process.env })).every(({ found }) => found !== undefined)).toBe(
      true,
    );
  });

  it("encode video with ffmpeg and read it with ffprobe", async () => {
    const folder = mkdtempSync(join(tmpdir(), "seawall-ffmpeg-"));
    try {
      const { ffmpeg } = tools;
      const env = { ...process.env, ...ffmpeg.env };
      const file = join(folder, "second.mp4");
      const source = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=d=1:r=25:s=320x180",
        "-f",
        "lavfi",
        "-i",
        "sine=d=1",
      ];
      await execute(
        ffmpeg.executable,
        [...ffmpeg.args, "-v", "error", ...source, "-c:v", "libx264", "-c:a", "aac", file],
        { env },
      );
      const { stdout } = await execute(
        ffmpeg.companions["ffprobe"] ?? "",
        ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", file],
        { env },
      );
      expect(stdout.trim().split("\n").sort()).toEqual(["aac", "h264"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("run TypeScript with k6", async () => {
    const folder = mkdtempSync(join(tmpdir(), "seawall-k6-"));
    try {
      const script = join(folder, "script.ts");
      writeFileSync(
        script,
        "const seen: number = 1;\nexport default function (): void { console.log('seen', " +
          "seen); }\n",
      );
      const { stderr } = await execute(tools.k6.executable, [
        ...tools.k6.args,
        "run",
        "--quiet",
        "--no-usage-report",
        script,
      ]);
      expect(stderr).toContain("seen 1");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
