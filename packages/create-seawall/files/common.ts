/** What is written whatever is tested. */
import type { Files } from "../kind.ts";

export interface Common {
  readonly kind: string;
  readonly ending: string;
  readonly hosts: readonly string[];
  readonly first: string;
  /** What `package.json` asks for. */
  readonly seawall: string;
}

export function commonFiles(common: Common): Files {
  return {
    [`seawall.config.${common.ending}`]: config(common),
    ".github/workflows/storms.yml": workflow(common),
    "storms/README.md": readme(common),
  };
}

const config = ({ ending, hosts }: Common): string => `import { defineConfig } from "seawall";

export default defineConfig({
  experiments: ["storms/*-storm.${ending}"],
  reports: "reports",
${hosts.length === 0 ? "" : `  allowHosts: ${JSON.stringify([...hosts])},\n`}});
`;

const startHere = "      # Start here what is tested, unless this machine reaches it already.\n";

const workflow = ({ kind, ending }: Common): string => `# A pull request waits for the storms.
name: storms
on: [pull_request]
permissions:
  contents: read
jobs:
  gate:
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - run: npm install
      - uses: actions/cache@v4
        with:
          path: ~/.cache/seawall
          key: seawall-\${{ hashFiles('package-lock.json') }}
${kind === "address" || kind === "kubernetes" ? startHere : ""}\
      # The baseline is the base of the pull request, once that has storms of its own.
      - env:
          BASE: \${{ github.event.pull_request.base.sha }}
        run: |
          if git cat-file -e "$BASE:storms/first-storm.${ending}"; then
            npx seawall gate --baseline "$BASE"
          else
            npx seawall gate
          fi
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: storms
          path: reports/
`;

const readme = ({ first, ending }: Common): string => `# Storms

Experiments on this backend, run by [Seawall](https://www.npmjs.com/package/seawall).

\`\`\`sh
npm install
npx seawall plan first-storm     # what a run would do; starts nothing
${first}
\`\`\`

| file | what it says |
|---|---|
| \`target.${ending}\` | what is tested |
| \`first-storm.${ending}\` | the load, the faults, and what must hold |
| \`../seawall.config.${ending}\` | what holds for every command |

A run ends with a verdict and its reasons, and leaves a report in \`reports/\`. The exit status is 0
for held, 1 for refuted and 2 for inconclusive.
`;
