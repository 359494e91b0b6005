/**
 * The packages that services need at run time, as they are installed here. In the checkout they lie
 * below it, in a user's repository beside the package; the image gets them as npm would lay them.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The base brings Node itself. */
const ofBase = ["node"];

interface Wanted {
  /** Its place in the image, such as `node_modules/zod`; empty for what asks first. */
  readonly place: string;
  /** Where it really lies. */
  readonly folder: string;
}

/** By their place in the image. Those that are not installed are left out. */
export function installedPackages(root: string): ReadonlyMap<string, string> {
  const placed = new Map<string, string>();
  const waiting: Wanted[] = [{ place: "", folder: realpathSync(root) }];
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    for (const name of dependenciesOf(one.folder)) {
      const folder = folderOf(name, one.folder);
      if (folder === null || found(placed, one.place, name) === folder) continue;
      const top = `node_modules/${name}`;
      const place =
        found(placed, one.place, name) === undefined ? top : join(one.place, "node_modules", name);
      placed.set(place, folder);
      waiting.push({ place, folder });
    }
  }
  return placed;
}

/** npm installs the peers of a package with it, unless they are optional. */
function dependenciesOf(folder: string): string[] {
  const {
    dependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    dependencies?: Readonly<Record<string, string>>;
    peerDependencies?: Readonly<Record<string, string>>;
    peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
  };
  const peers = Object.keys(peerDependencies).filter(
    (name) => peerDependenciesMeta[name]?.optional !== true,
  );
  return [...Object.keys(dependencies), ...peers].filter((name) => !ofBase.includes(name));
}

/** As Node finds it: in the nearest `node_modules` on the way up. */
function folderOf(name: string, from: string): string | null {
  const here = join(from, "node_modules", name);
  if (existsSync(join(here, "package.json"))) return realpathSync(here);
  return dirname(from) === from ? null : folderOf(name, dirname(from));
}

/** What Node would find there in the image. */
function found(
  placed: ReadonlyMap<string, string>,
  place: string,
  name: string,
): string | undefined {
  const here = placed.get(join(place, "node_modules", name));
  if (here !== undefined || place === "") return here;
  return found(placed, place.slice(0, Math.max(0, place.lastIndexOf("node_modules/") - 1)), name);
}

/** A folder of links that lie as the packages lie in the image, below `packages/`. */
export function linkedPackages(root: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "seawall-packages-"));
  for (const [place, folder] of installedPackages(root)) {
    const here = join(path, "packages", place);
    mkdirSync(here, { recursive: true });
    for (const name of readdirSync(folder))
      if (name !== "node_modules") symlinkSync(join(folder, name), join(here, name));
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
