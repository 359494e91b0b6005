/**
 * Encodes the loop once per machine, into the shared cache folder. The name depends on every
 * setting. The folder appears by rename and under a lock, because two packagers start at the same
 * moment.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "../../../harness/system/lock.ts";
import type { PackagerConfiguration } from "./configuration.ts";
import { createLoop, type Loop, loopSegments, segmentSeconds } from "./loop.ts";

type Rendition = PackagerConfiguration["renditions"][number];
type Settings = Pick<PackagerConfiguration, "ffmpeg" | "renditions" | "cacheDirectory">;

const frameRate = 25;
const loopSeconds = loopSegments * segmentSeconds;
/** AAC starts with a frame of silence. The second round of the loop has none. */
const audioSkipsSegments = loopSegments;

export async function loadLoops(settings: Settings): Promise<Map<string, Loop>> {
  const folder = await encodedFolder(settings);
  const loops = new Map<string, Loop>();
  for (const rendition of settings.renditions)
    loops.set(rendition.name, await readLoop(folder, rendition));
  return loops;
}

async function readLoop(folder: string, { name, kind }: Rendition): Promise<Loop> {
  const first = 1 + (kind === "audio" ? audioSkipsSegments : 0);
  const segments = Array.from({ length: loopSegments }, (_, index) =>
    readFile(join(folder, `${name}-${first + index}.m4s`)),
  );
  return createLoop(await readFile(join(folder, `${name}-init.mp4`)), await Promise.all(segments));
}

async function encodedFolder(settings: Settings): Promise<string> {
  const commands = settings.renditions.map((rendition) => encodeArguments(rendition));
  const key = createHash("sha256").update(JSON.stringify(commands)).digest("hex").slice(0, 16);
  const folder = join(settings.cacheDirectory, `media-${key}`);
  await mkdir(settings.cacheDirectory, { recursive: true });
  if (await isThere(folder)) return folder;
  using _lock = await lock(`${folder}.encoding`);
  if (await isThere(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  for (const command of commands) await run(settings.ffmpeg, command, unfinished);
  await rename(unfinished, folder);
  return folder;
}

/**
 * One output per command: a test picture with noise, which fills its bitrate, or a tone that
 * repeats with the loop.
 */
function encodeArguments({
  name,
  kind,
  bitsPerSecond,
  width = 640,
  height = 360,
}: Rendition): string[] {
  const rate = `${Math.round(bitsPerSecond / 1000)}k`;
  const source =
    kind === "video"
      ? [
          "-f",
          "lavfi",
          "-i",
          `testsrc2=size=${width}x${height}:rate=${frameRate},noise=alls=8:allf=t`,
          "-t",
          String(loopSeconds),
          "-c:v",
          "libx264",
          "-preset",
          "veryfast",
          "-profile:v",
          "main",
          "-pix_fmt",
          "yuv420p",
          "-b:v",
          rate,
          "-maxrate",
          rate,
          "-bufsize",
          rate,
          "-bf",
          "0",
          "-g",
          String(frameRate * segmentSeconds),
          "-keyint_min",
          String(frameRate * segmentSeconds),
          "-sc_threshold",
          "0",
          "-force_key_frames",
          `expr:gte(t,n_forced*${segmentSeconds})`,
        ]
      : [
          "-f",
          "lavfi",
          "-i",
          "aevalsrc='0.2*sin(880*PI*t)|0.2*sin(660*PI*t)':s=48000",
          "-t",
          String(2 * loopSeconds + segmentSeconds),
          "-c:a",
          "aac",
          "-b:a",
          rate,
        ];
  return [
    "-hide_banner",
    "-loglevel",
    "error",
    "-nostdin",
    "-y",
    ...source,
    "-f",
    "dash",
    "-seg_duration",
    String(segmentSeconds),
    "-use_template",
    "1",
    "-use_timeline",
    "0",
    "-init_seg_name",
    `${name}-init.mp4`,
    "-media_seg_name",
    `${name}-$Number$.m4s`,
    `${name}.mpd`,
  ];
}

function run(ffmpeg: Settings["ffmpeg"], args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      ffmpeg.executable,
      [...ffmpeg.args, ...args],
      { cwd, env: { ...process.env, ...ffmpeg.env } },
      (error, _stdout, stderr) => {
        if (error === null) resolve();
        else
          reject(
            new Error(
              `ffmpeg failed: ${stderr.trim().split("\n").slice(-3).join(" | ") || error.message}`,
            ),
          );
      },
    );
  });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
