/** The pages of the reference, by their names in `docs/reference/`. */
import { page, prose, table } from "./markdown.ts";
import { claimsPage } from "./pages/claims.ts";
import { cliPage } from "./pages/cli.ts";
import { configurationPage } from "./pages/configuration.ts";
import { experimentsPage } from "./pages/experiments.ts";
import { faultsPage } from "./pages/faults.ts";
import { metricsPage } from "./pages/metrics.ts";
import { sections } from "./pages/sections.ts";
import { targetsPage } from "./pages/targets.ts";
import { placesOf } from "./type-sections.ts";

const places = placesOf(sections);

/** What each is for; the index of the reference. */
const purposes = {
  experiments: "every field of an experiment, its loads, steps and recovery; tiers; substrates",
  claims: "the fields of a claim, and each statistic",
  faults: "each fault with its parameters, its proof and its undo",
  targets: "targets of your own, compose projects, streams, and packs",
  metrics: "what claims can be on",
  configuration: "`seawall.config.ts`, variables of the environment, and tools",
  cli: "commands, options and exit statuses",
} as const;

function indexPage(): string {
  return page(
    "Reference",
    prose("These pages are made from types, shapes and lists of the sources."),
    table(
      ["page", "what it has"],
      Object.entries(purposes).map(([name, what]) => [`[${name}](${name}.md)`, what]),
    ),
  );
}

export const pages: Readonly<Record<string, () => Promise<string> | string>> = {
  README: indexPage,
  experiments: () => experimentsPage(places),
  claims: () => claimsPage(places),
  faults: faultsPage,
  targets: () => targetsPage(places),
  metrics: () => metricsPage(places),
  configuration: configurationPage,
  cli: cliPage,
};
