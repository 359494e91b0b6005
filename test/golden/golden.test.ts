/**
 * The text of verdicts, word by word. Other tests check ids and values, so a sentence changes in
 * `harness/phrases/` and here alone: `vitest run test/golden -u` writes these files.
 */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claim, recovery } from "../../harness/phrases/claims.ts";
import { evidence } from "../../harness/phrases/evidence.ts";
import type { Phrase } from "../../harness/phrases/phrase.ts";
import { exitCodes } from "../../harness/base/errors.ts";
import type { Gated } from "../../harness/gate/gate.ts";
import { stormRun } from "../support/report/storm-run.ts";
import { renderGateMarkdown } from "../../harness/report/gate.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { reportModel } from "../../harness/report/model.ts";
import { renderVerdictText } from "../../harness/report/text.ts";

const golden = (name: string): string => join(import.meta.dirname, name);

/** What a reader of the page sees, one line per part, without drawings and scripts. */
function wordsOf(html: string): string {
  return html
    .replaceAll(/<(script|style|svg|template)\b[\s\S]*?<\/\1>/g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/<\/?(?:b|strong|span|code|em|a)\b[^>]*>/g, "")
    .replaceAll(/<[^>]+>/g, "\n")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

describe.each(["held", "refuted", "inconclusive"] as const)("a run that is %s", (status) => {
  const { run, verdict } = stormRun({ status });

  it("has this text on a terminal", async () => {
    const text = renderVerdictText(verdict, { columns: 100, colour: false });
    await expect(`${text}\n`).toMatchFileSnapshot(golden(`${status}.txt`));
  });

  it("has this text on its page", async () => {
    const words = wordsOf(renderHtml(reportModel(run, verdict)));
    await expect(`${words}\n`).toMatchFileSnapshot(golden(`${status}.html.txt`));
  });

  it("has this text in the summary of a pipeline", async () => {
    const outcome = status === "held" ? "passed" : status;
    const { why, rerun, runId, experiment } = verdict;
    const exitCode = exitCodes[status];
    const attempt = { runId, status, why, exitCode, directory: "/runs/1", rerun };
    const entry: Gated = {
      experiment,
      title: run.plan.title,
      attempts: [attempt],
      baseline: { kind: "none", why: "" },
      outcome,
      exitCode,
      why,
    };
    const markdown = renderGateMarkdown({
      format: "seawall-gate/1",
      suite: "quick",
      baseline: null,
      passed: status === "held",
      exitCode,
      entries: [entry],
      notRun: [],
    });
    await expect(markdown).toMatchFileSnapshot(golden(`${status}.md`));
  });
});

/** Values by name: a name that ends with a unit is a number, a plural of phases is a list. */
const sample = new Proxy(
  // Destructured with `...where`.
  { place: "", lane: "", phase: "" },
  {
    get(_, name: string): unknown {
      if (listNames.has(name) && lists) return ["baseline", "fault"];
      if (name === "links") return ["a>b:http", "c>b:http"];
      if (name === "checked") return ["bytes"];
      if (name === "witness") return "reader";
      if (name === "by") return "prober";
      if (name === "seen") return "answers";
      if (name === "byMs" && lists) return [2694, -15];
      if (name === "stolen") return null;
      if (["share", "wrongShare"].includes(name)) return 0.25;
      if (/^(?:expectedB|b)ytes$/.test(name)) return 12_300_000;
      if (/Ms$|PerSecond$/.test(name)) return 2_500;
      return numbers.has(name) ? 7 : `{${name}}`;
    },
  },
);
const listNames = new Set([
  "phases",
  "planned",
  "links",
  "services",
  "kinds",
  "containers",
  "leastBytes",
]);
const numbers = new Set(
  (
    "second fromSeconds untilSeconds served times faults events problems value repeated " +
    "samples stale looks leastAge mostAge oldestAge same near count expected apart compared " +
    "probes probesFailed requests requestsFailed periods longer expectedBytes bytes " +
    "bytesPerSecond timesMax counted wrong numbers others wrongShare answers given planned " +
    "begun dropped vus late iterations ended unread total read minSamples " +
    "amount shared observed"
  ).split(" "),
);
let lists = false;
/** In a clause, after its fact's id. */
const wordsMax = 25;

function said(phrase: Phrase<never>): string {
  if (typeof phrase === "string") return phrase;
  const say = phrase as (values: unknown) => string;
  try {
    lists = false;
    return say(sample);
  } catch {
    lists = true;
    return say(sample);
  }
}

it("has this sentence for each finding of the judge", async () => {
  const rules = [
    ["claim", { title: "(its own title)", facts: claim }],
    ["recovery", { title: "(its own title)", facts: recovery }],
    ...Object.entries(evidence),
  ] as readonly (readonly [string, { title: string; facts: Record<string, Phrase<never>> }])[];
  const lines = rules.flatMap(([id, { title, facts }]) => [
    `${id}: ${title}`,
    ...Object.entries(facts).map(([fact, phrase]) => `  ${fact}: ${said(phrase)}`),
    "",
  ]);
  expect(lines.join("\n")).not.toMatch(/undefined|NaN|\[object/);
  expect(lines.filter((line) => line.trim().split(/\s+/).length > wordsMax + 1)).toEqual([]);
  await expect(lines.join("\n")).toMatchFileSnapshot(golden("findings.txt"));
});
