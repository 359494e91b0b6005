/**
 * A small Debian of its own, for a container image where no registry can be reached: packages and
 * all that they depend on, unpacked into one folder. Nothing is installed, no root is needed and no
 * maintainer script runs; what those would have done, and a program here needs, is done by hand.
 */

import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { multiarch } from "../tree.ts";
import { type FetchContext, fetchArchives, unpack } from "./debian.ts";

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

/**
 * Large things that are only loaded for pictures on a screen, or by a compiler that looks for its
 * own mistakes.
 */
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
  await unpack(
    archives.filter((path) => !leftOut.test(basename(path))),
    root,
    context,
  );
  await finish(root);
}

async function finish(root: string): Promise<void> {
  for (const name of ["passwd", "group"])
    await copyFile(join(root, `usr/share/base-passwd/${name}.master`), join(root, "etc", name));
  const libraries = `/usr/lib/${multiarch}`;
  await writeFile(
    join(root, "etc/ld.so.conf.d/alternatives.conf"),
    chosen.map((name) => `${libraries}/${name}\n`).join(""),
  );
}
