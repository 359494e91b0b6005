/**
 * A small Debian of its own, for a container image where no registry can be reached: packages and all that they depend on, unpacked into
 * one folder. Nothing is installed, no root is needed and no maintainer script runs; what those would have done, and a program here
 * needs, is done by hand.
 */

import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { runWell } from "../../system/child.ts";
import { multiarch } from "../tree.ts";
import { type FetchContext, fetchArchives } from "./debian.ts";

/** What every Debian has and packages do not depend on by name. */
const essential = [
  "base-files",
  "base-passwd",
  "bash",
  "coreutils",
  "dash",
  "debianutils",
  "findutils",
  "grep",
  "libc-bin",
  "mawk",
  "procps",
  "sed",
  "tar",
  "util-linux",
];

/** Large things that are only loaded for pictures on a screen, or by a compiler that looks for its own mistakes. */
const leftOut =
  /^(libllvm|libgl1-mesa-dri|libz3-|perl-modules-|libasan|liblsan|libtsan|libubsan|libgphoto|fonts-)/;

/** Libraries in folders that their installation would have chosen among alternatives. */
const chosen = ["blas", "lapack", "pulseaudio"];

/** Fills `root`, which must not exist. Throws `Rejected` when apt cannot fetch the packages. */
export async function makeDebianRoot(
  packages: readonly string[],
  root: string,
  context: FetchContext,
): Promise<void> {
  const status = join(context.staging, "dpkg-status");
  await writeFile(status, "");
  const archives = await fetchArchives(
    [...packages, ...essential],
    context,
    `Dir::State::status "${status}";\n`,
  );
  await mkdir(join(root, "usr"), { recursive: true });
  // Debian 12 keeps all programs and libraries below /usr; its packages still name the old places.
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    await mkdir(join(root, "usr", name));
    await symlink(`usr/${name}`, join(root, name));
  }
  await unpackAll(
    archives.filter((path) => !leftOut.test(basename(path))),
    root,
    context,
  );
  await finish(root, context);
}

async function unpackAll(
  archives: readonly string[],
  root: string,
  { env, signal, say }: FetchContext,
): Promise<void> {
  const waiting = [...archives];
  const worker = async (): Promise<void> => {
    for (let archive = waiting.shift(); archive !== undefined; archive = waiting.shift()) {
      say(`unpacking ${archives.length} packages`, `${archives.length - waiting.length}`);
      // Links to folders stay links, which `dpkg-deb -x` does not promise.
      await runWell(
        "sh",
        [
          "-c",
          'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink --no-same-owner -C "$2"',
          "sh",
          archive,
          root,
        ],
        { env, signal, nice: true },
      );
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
}

async function finish(root: string, context: FetchContext): Promise<void> {
  for (const name of ["passwd", "group"])
    await copyFile(join(root, `usr/share/base-passwd/${name}.master`), join(root, "etc", name));
  const libraries = `/usr/lib/${await multiarch(context)}`;
  await writeFile(
    join(root, "etc/ld.so.conf.d/alternatives.conf"),
    chosen.map((name) => `${libraries}/${name}\n`).join(""),
  );
}
