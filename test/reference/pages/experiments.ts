/** The page of experiments. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { leadInMs } from "../../../harness/base/phases.ts";
import { tiers } from "../../../harness/experiment/tiers.ts";
import { substrates } from "../../../harness/record/substrates.ts";
import { type Played, playsIn } from "../../../harness/experiment/plays.ts";
import { root } from "../../support/sources.ts";
import { declarationOf } from "../declarations.ts";
import { page, prose, span, table } from "../markdown.ts";
import { type Places, typeSections } from "../type-sections.ts";
import { sections } from "./sections.ts";

export function experimentsPage(places: Places): string {
  return page(
    "Experiments",
    prose(
      "An experiment is one TypeScript file with a default export. [Writing an " +
        "experiment](../writing-an-experiment.md) explains how to choose its parts. " +
        "`seawall plan FILE` reports all problems at once and starts nothing.",
    ),
    typeSections("experiments", sections.experiments, places),
    "## Workloads of streams",
    prose(
      "A load on a target with the pack of streams can name these scripts. `needs` says what the " +
        "target must have: `content` is a stream, and `gateways` are entries of that name, as " +
        "the reference backend has them. A viewer waits at most as long as the table says.",
    ),
    table(
      ["`workload`", "`exec`", "`lane`", "metric", "waits at most", "needs", "one iteration"],
      workloadRows(),
    ),
    "## Phases",
    prose(
      `A run has a lead-in of ${leadInMs} ms, which is not judged, and then three phases. In ` +
        "`baseline`, nothing is broken. In `fault`, the steps of the method act. In `recovery`, " +
        "everything is healed. A request belongs to the phase in which it was meant to start.",
    ),
    "## Tiers",
    prose(
      "An experiment runs only after one of the tier before it held on the same target and " +
        "version. `--force` runs it all the same.",
    ),
    table(
      ["`tier`", "plain name", "may break", "runs only after one of"],
      tiers.map(({ name, plain, allows, after }) => [
        span(name),
        plain,
        allows,
        after === null ? "nothing" : span(after),
      ]),
    ),
    "## Substrates",
    prose(
      "`--substrate` selects where the target runs. The default is `auto`: docker where an " +
        "engine has the image, otherwise process. A target of `composeTarget()` runs on compose " +
        "alone, and any other target of your own as processes.",
    ),
    table(
      ["`--substrate`", "what runs"],
      substrates.map(({ name, meaning }) => [span(name), meaning]),
    ),
  );
}

const scripts = "targets/live-streaming/pack/workloads";

function workloadRows(): string[][] {
  return readdirSync(join(root, scripts))
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(root, scripts, file), "utf8");
      const needs = [...(/needs = \[([^\]]*)\]/.exec(text)?.[1] ?? "").matchAll(/"(\w+)"/g)];
      return Object.entries(playsIn(text) ?? {}).map(([exec, played]) => {
        const first = played[0] as Played;
        return [
          span(file.replace(/\.ts$/, "")),
          span(exec),
          span(first.lane),
          played.map(({ metric }) => span(metric)).join(", "),
          first.patienceMs === undefined ? "the end of the run" : `${first.patienceMs / 1000} s`,
          needs.map(([, need]) => span(need as string)).join(", "),
          declarationOf(`${scripts}/${file}`, exec).doc,
        ];
      });
    });
}
