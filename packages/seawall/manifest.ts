/** The package's own `package.json`, which follows from the checkout's. */

interface Checkout {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The checkout brings Node 24 for machines without one. The package runs on the Node of its user.
 */
const ofCheckoutAlone = ["node"];

export function manifestOf(checkout: Checkout): object {
  const { name, version, description, license, bin, exports, dependencies } = checkout;
  return {
    name,
    version,
    description,
    license,
    type: "module",
    engines: { node: "^22.18.0 || >=24.0.0" },
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
    files: ["harness", "targets", "experiments", "schemas", "seawall"],
    dependencies: Object.fromEntries(
      Object.entries(dependencies).filter(([dependency]) => !ofCheckoutAlone.includes(dependency)),
    ),
  };
}

const compiled = (file: string, ending: string): string => file.replace(/\.ts$/, ending);
