/** An image with Toxiproxy alone, made from the tool of this machine without a registry. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { hasImage, importBase } from "../docker/image/image.ts";

export async function ensureProxyImage(
  docker: Docker,
  executable: string,
  signal: AbortSignal,
): Promise<string> {
  const version = createHash("sha256").update(readFileSync(executable)).digest("hex").slice(0, 12);
  const name = `seawall-toxiproxy:${version}`;
  if (await hasImage(docker, name)) return name;
  const folder = mkdtempSync(join(tmpdir(), "seawall-image-"));
  try {
    copyFileSync(executable, join(folder, "toxiproxy-server"));
    await importBase(docker, folder, name, signal);
    return name;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
