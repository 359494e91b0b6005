/**
 * Keeps a folder of segments up to date, as any packager does that writes to a disk: every two seconds a file for each rendition, whole by
 * rename, and the old ones go. The server that hands them out is started with it and ends with it.
 *
 *   node publish.ts FOLDER SERVER ARGUMENT…
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const segmentMs = 2_000;
const keep = 60;
const renditions = [{ name: "v720", bytes: 190_000 }, { name: "v360", bytes: 65_000 }, { name: "audio", bytes: 24_000 }];

const [folder = "segments", program = "nginx", ...args] = process.argv.slice(2);

function write(number: number): void {
  for (const { name, bytes } of renditions) {
    const directory = join(folder, "live", "main", name);
    mkdirSync(directory, { recursive: true });
    const path = join(directory, `${number}.m4s`);
    writeFileSync(`${path}.part`, Buffer.alloc(bytes, number % 251));
    renameSync(`${path}.part`, path);
    for (const file of readdirSync(directory)) if (Number.parseInt(file, 10) < number - keep) rmSync(join(directory, file), { force: true });
  }
}

/** The newest that is complete. */
const newest = (): number => Math.floor(Date.now() / segmentMs) - 1;
let written = newest() - keep;
function catchUp(): void {
  while (written < newest()) write(++written);
  setTimeout(catchUp, (newest() + 2) * segmentMs - Date.now());
}
catchUp();

const server = spawn(program, args, { stdio: "inherit" });
server.once("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => server.kill("SIGQUIT"));
