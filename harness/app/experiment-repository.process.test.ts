/** A commit of the user's own repository beside their work, and the packages that it gets. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { committed, well } from "../../test/support/packages.ts";
import { checkOut, givePackages, type Repository } from "./experiment-repository.ts";

const own = dirname(process.execPath);
let root: string;
let repository: Repository;
let tree: string;

const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const manifest = (dependencies: Readonly<Record<string, string>>): string =>
  JSON.stringify({ name: "mine", private: true, dependencies });

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "seawall-repository-")));
  put("dep-1/package.json", JSON.stringify({ name: "dep", version: "1.0.0" }));
  put("dep-2/package.json", JSON.stringify({ name: "dep", version: "2.0.0" }));
  put("package.json", manifest({ dep: "file:./dep-1" }));
  put(".gitignore", "node_modules/\n");
  put("storms/storm.ts", "");
  await well(own, root, "npm", "install", "--offline");
  await well(own, root, "git", "init", "--quiet");
  repository = { root, commit: await committed(root, "one") };
  tree = join(mkdtempSync(join(tmpdir(), "seawall-tree-")), "tree");
  await checkOut(repository, tree, "HEAD");
});

const give = (): Promise<void> =>
  givePackages(repository, tree, join(root, "storms"), "HEAD", new AbortController().signal);
const versionThere = (): string =>
  JSON.parse(readFileSync(join(tree, "node_modules/dep/package.json"), "utf8")).version;

it("are those of the work where the commit locks the same ones", async () => {
  await give();
  expect(lstatSync(join(tree, "node_modules")).isSymbolicLink()).toBe(true);
  expect(versionThere()).toBe("1.0.0");
  expect(existsSync(join(tree, "storms/node_modules"))).toBe(false);
});

it("are the commit's own where the work has others by now", async () => {
  put("package.json", manifest({ dep: "file:./dep-2" }));
  await well(own, root, "npm", "install", "--offline");
  await give();
  expect(lstatSync(join(tree, "node_modules")).isSymbolicLink()).toBe(false);
  expect(versionThere()).toBe("1.0.0");
});

it("are refused in one line where they cannot be had", async () => {
  put("package-lock.json", "{}");
  writeFileSync(join(tree, "package-lock.json"), "{ no lock");
  await expect(give()).rejects.toThrow(/^the packages of HEAD cannot be installed: [^\n]+$/);
});

it("are refused where nothing says which they are", async () => {
  await well(own, tree, "rm", "package-lock.json");
  put("package.json", manifest({ dep: "file:./dep-2" }));
  await expect(give()).rejects.toThrow(
    "HEAD needs other packages than those installed here, and has no lock file",
  );
});
