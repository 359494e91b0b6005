/**
 * Keeps a folder of segments current, like a packager that writes to disk. Every 2 s it adds a file
 * per rendition, atomically by rename, and removes old ones. It also starts and stops the server
 * for the folder.
 *
 *   node publish.ts FOLDER SERVER ARGUMENT…
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const segmentMs = 2_000;
const keep = 60;
const renditions = [
  { name: "v720", bytes: 190_000 },
  { name: "v360", bytes: 65_000 },
  { name: "audio", bytes: 24_000 },
];

const [folder = "segments", program = "nginx", ...args] = process.argv.slice(2);

/**
 * The boxes of every fMP4 segment (ISO/IEC 14496-12), with bytes in place of media that differ in
 * each segment.
 */
function segment(bytes: number, number: number): Buffer {
  const styp = box("styp", Buffer.from("msdh\0\0\0\0msdh", "latin1"));
  const moof = box("moof", Buffer.from(String(number)));
  return Buffer.concat([
    styp,
    moof,
    box("mdat", Buffer.alloc(bytes - styp.length - moof.length - 8, number % 251)),
  ]);
}

function box(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + body.length);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
}

function write(number: number): void {
  for (const { name, bytes } of renditions) {
    const directory = join(folder, "live", "main", name);
    mkdirSync(directory, { recursive: true });
    const path = join(directory, `${number}.m4s`);
    writeFileSync(`${path}.part`, segment(bytes, number));
    renameSync(`${path}.part`, path);
    for (const file of readdirSync(directory))
      if (Number.parseInt(file, 10) < number - keep) rmSync(join(directory, file), { force: true });
  }
}

/** The newest complete segment. */
const newest = (): number => Math.floor(Date.now() / segmentMs) - 1;
let written = newest() - keep;
function catchUp(): void {
  while (written < newest()) write(++written);
  setTimeout(catchUp, (newest() + 2) * segmentMs - Date.now());
}
catchUp();

const server = spawn(program, args, { stdio: "inherit" });
server.once("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => server.kill("SIGQUIT"));
