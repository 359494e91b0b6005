/** The packages' own `package.json`, which follow from the checkout's. */

interface Checkout {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * The checkout brings Node 24 for machines without one. The package runs on the Node of its user.
 */
const ofCheckoutAlone = ["node"];
/**
 * The player's page needs one file of dash.js. All of dash.js and its peers is twice as large as
 * everything else.
 */
export const bundled: Readonly<Record<string, readonly string[]>> = {
  dashjs: [
    "dist/modern/umd/dash.all.min.js",
    "dist/modern/umd/dash.all.min.js.LICENSE.txt",
    "LICENSE.md",
  ],
};
/** Documentation and examples: a user of the package has no checkout. */
export const forReaders = ["docs", "examples"] as const;
const engines = { node: "^22.18.0 || >=24.0.0" };

export function manifestOfSeawall(checkout: Checkout) {
  const { name, version, description, license, bin, exports, dependencies } = checkout;
  return {
    name,
    version,
    description,
    license,
    type: "module",
    engines,
    os: ["linux"],
    bin,
    exports: Object.fromEntries(
      Object.entries(exports).map(([subpath, file]) => [
        subpath,
        file.endsWith(".ts")
          ? { types: compiled(file, ".d.ts"), default: compiled(file, ".js") }
          : file,
      ]),
    ),
    files: ["harness", "targets", "experiments", "schemas", "seawall", ...forReaders],
    dependencies: Object.fromEntries(
      Object.entries(dependencies).filter(([dependency]) => !ofCheckoutAlone.includes(dependency)),
    ),
    bundleDependencies: Object.keys(bundled),
  };
}

export function manifestOfCreate({ version, license, devDependencies }: Checkout) {
  const prompts = "@clack/prompts";
  return {
    name: "create-seawall",
    version,
    description: "Writes all that a first verdict of Seawall needs",
    license,
    type: "module",
    engines,
    bin: { "create-seawall": "create.js" },
    exports: { "./package.json": "./package.json" },
    files: ["*.js", "files"],
    dependencies: { [prompts]: devDependencies[prompts] },
  };
}

const compiled = (file: string, ending: string): string => file.replace(/\.ts$/, ending);
