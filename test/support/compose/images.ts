/** Images from programs of this machine and their libraries: no registry is asked. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { hasImage, importBase } from "../../../harness/substrates/docker/image/image.ts";

/** Each program by its path in the image. */
export async function imageOf(
  docker: Docker,
  name: string,
  programs: Readonly<Record<string, string>>,
): Promise<string> {
  if (await hasImage(docker, name)) return name;
  const folder = mkdtempSync(join(tmpdir(), "seawall-test-image-"));
  const copy = (from: string, to: string): void => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(realpathSync(from), join(folder, to));
  };
  try {
    for (const [path, program] of Object.entries(programs)) {
      copy(program, path);
      for (const library of librariesOf(program)) copy(library, library);
    }
    mkdirSync(join(folder, "etc"), { recursive: true });
    writeFileSync(join(folder, "etc/passwd"), "root:x:0:0::/:\nnobody:x:65534:65534::/:\n");
    writeFileSync(join(folder, "etc/group"), "root:x:0:\nnogroup:x:65534:\n");
    for (const path of ["tmp", "var/log/nginx", "var/lib/nginx", "run"])
      mkdirSync(join(folder, path), { recursive: true });
    await importBase(docker, folder, name, new AbortController().signal);
    return name;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As the loader finds them, and the loader itself. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync("ldd", [program], { encoding: "utf8" });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? "");
}
