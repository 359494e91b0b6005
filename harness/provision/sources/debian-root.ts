/**
 * A minimal Debian for a container image, for machines without access to a registry: packages and
 * all their dependencies in one folder. It installs nothing, needs no root, and runs no maintainer
 * scripts; the steps of those that a program needs are done here.
 */

import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { multiarch } from "../tree.ts";
import { type FetchContext, fetchArchives, unpack } from "./debian.ts";

/** Essential packages, on which others depend without naming them. */
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

/** Large packages that are needed only for graphics, or for a compiler's own sanitizers. */
const leftOut =
  /^(libllvm|libgl1-mesa-dri|libz3-|perl-modules-|libasan|liblsan|libtsan|libubsan|libgphoto|fonts-)/;

/** Libraries in folders that an installation would have selected through alternatives. */
const chosen = ["blas", "lapack", "pulseaudio"];

/** Fills `root`, which must not exist. Throws `Rejected` if apt cannot fetch the packages. */
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
  // Debian 12 has all programs and libraries below /usr, but its packages still use the old paths.
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
