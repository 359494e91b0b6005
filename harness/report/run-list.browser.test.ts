import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IndexedRun, RunIndex } from "../record/run-index.ts";
import { type Browser, chromiumPath, openBrowser } from "../system/browser.ts";
import { askedOf, axeOf, openedPage } from "../../test/support/report/browser.ts";
import { renderIndex } from "./index-html.ts";

const chromium = chromiumPath(process.env);
const experiments = ["origin-storm", "zone-loss", "retry-storm"];

function runAt(index: number): IndexedRun {
  const control = index % 5 === 4;
  const status = control
    ? "refuted"
    : index % 11 === 3
      ? "refuted"
      : index % 13 === 5
        ? "inconclusive"
        : "held";
  const experiment = experiments[index % 3] ?? "";
  return {
    path: `${experiment}/run-${index}`,
    runId: `run-${index}`,
    subject: null,
    experiment,
    tier: "storm",
    substrate: index % 4 === 0 ? "simulated" : "process",
    target: "live-streaming",
    topology: "quick",
    targetVersion: index < 100 ? "abc1234" : "def5678",
    version: "0.1.0",
    seed: index,
    without: control ? ["collapsing"] : [],
    status,
    why: status === "held" ? "all held" : "99.62 % is below 99.9 %",
    aborted: false,
    startedAtMs: 1_790_000_000_000 - index * 3_600_000,
    hasReport: true,
    claims: ["baseline", "fault"].map((phase) => ({
      id: "claim.live-served",
      title: "Live segments reach their viewers in time",
      phase,
      status,
      used: status === "refuted" ? 3.8 : 0.3 + (index % 7) / 12,
    })),
  };
}

const evil = '"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
const full: RunIndex = {
  runs: Array.from({ length: 300 }, (_, index) => runAt(index)),
  broken: [{ path: "zone-loss/torn", why: "it has no verdict" }],
  pages: [
    {
      path: "comparisons/one.html",
      title: "Worse: origin-storm, compared",
      writtenAtMs: 1_790_000_000_000,
    },
  ],
};
const hostile: RunIndex = {
  runs: [
    {
      ...runAt(0),
      experiment: evil,
      path: `${evil}/x`,
      why: evil,
      status: "refuted",
      without: [evil],
      targetVersion: evil,
      topology: evil.repeat(5),
      claims: [{ id: evil, title: evil, phase: evil, status: "refuted", used: 1e9 }],
    },
    {
      ...runAt(1),
      experiment: evil,
      claims: [{ id: evil, title: evil, phase: evil, status: "held", used: 0.5 }],
    },
  ],
  broken: [{ path: evil, why: evil }],
  pages: [{ path: `javascript:alert(1)/${evil}`, title: evil, writtenAtMs: 0 }],
};

describe.skipIf(chromium === null)("the index of runs in a browser", () => {
  let folder = "";
  let browser: Browser | null = null;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "seawall-index-"));
    browser = await openBrowser(chromium ?? "", { scripts: true });
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const written = async (name: string, index: RunIndex): Promise<string> => {
    const path = join(folder, `${name}.html`);
    await writeFile(path, renderIndex(index));
    return pathToFileURL(path).href;
  };
  const context = () => {
    if (browser === null) throw new Error("the browser was not opened");
    return browser.context;
  };

  test("filters by each column and by words, and keeps that in its address", async () => {
    const url = await written("full", full);
    const { page, complaints, requests } = await openedPage(context(), url);
    const visible = async (): Promise<number> => page.locator(".runs tbody tr:visible").count();
    expect([await visible(), await page.locator("#shown").textContent()]).toEqual([
      300,
      "300 runs",
    ]);
    await page.getByLabel("Experiment", { exact: true }).selectOption("zone-loss");
    expect([await visible(), await page.locator("#shown").textContent()]).toEqual([
      100,
      "100 of 300 runs",
    ]);
    expect(await page.locator(".trend:visible h3").allTextContents()).toEqual([
      "zone-loss",
      "zone-loss",
    ]);
    await page.getByLabel("Verdict", { exact: true }).selectOption("refuted");
    await page.getByLabel("Kind", { exact: true }).selectOption("control");
    await page.getByLabel("Version", { exact: true }).selectOption("abc1234");
    const expected = full.runs.filter(
      (run) =>
        run.experiment === "zone-loss" && run.without.length > 0 && run.targetVersion === "abc1234",
    ).length;
    expect(await visible()).toBe(expected);
    await page.goto(page.url());
    await page.reload();
    expect(await visible()).toBe(expected);
    await page.getByLabel("Contains", { exact: true }).fill("nothing is like this");
    expect(await page.getByText("No run is like that").isVisible()).toBe(true);
    await page.locator("#clear").focus();
    await page.keyboard.press("Enter");
    expect([await visible(), page.url()]).toEqual([300, url]);
    expect([complaints, requests.filter((one) => !one.startsWith(url))]).toEqual([[], []]);
    console.info(
      `an index of 300 runs was loaded after ${String(await askedOf(page, "loadedMs()"))} ms`,
    );
    await page.close();
  });

  test.each([
    ["light", false, "all"],
    ["dark", true, "colours"],
  ] as const)("passes axe's rules and has enough contrast in %s", async (_name, dark, rules) => {
    await using own = await openBrowser(chromium ?? "", { scripts: true, dark });
    for (const [name, index] of [
      ["full", { ...full, runs: full.runs.slice(0, 60) }],
      ["none", { runs: [], broken: [], pages: [] }],
    ] as const) {
      const { page } = await openedPage(own.context, await written(`axe-${name}`, index));
      await page.evaluate(
        "for (const one of document.querySelectorAll('details')) one.open = true",
      );
      expect(await axeOf(page, rules), name).toEqual([]);
      expect(await askedOf(page, "faint()"), name).toEqual([]);
      await page.close();
    }
  });

  test("lists everything without a script, and fits a phone", async () => {
    await using bare = await openBrowser(chromium ?? "", { scripts: false });
    const { page } = await openedPage(bare.context, await written("bare", full));
    expect([
      await page.locator(".runs tbody tr:visible").count(),
      await page.locator(".needs-script:visible").count(),
    ]).toEqual([300, 0]);
    expect(await page.getByText("Folders without a complete run").isVisible()).toBe(true);
    await using narrow = await openBrowser(chromium ?? "", { scripts: true, wide: 390 });
    for (const [name, index] of [
      ["narrow", full],
      ["narrow-hostile", hostile],
    ] as const)
      expect(
        await askedOf(
          (await openedPage(narrow.context, await written(name, index))).page,
          "sidewaysPx()",
        ),
        name,
      ).toBe(0);
  });

  test("runs nothing from a record's content or a folder's name", async () => {
    const { page, complaints, requests } = await openedPage(
      context(),
      await written("hostile", hostile),
    );
    expect(await askedOf(page, "pwned()")).toBe(false);
    expect(await page.locator("img, iframe, object").count()).toBe(0);
    expect(
      await page
        .locator(".pages a")
        .evaluateAll((links) =>
          links.map((link) => (link as unknown as { protocol: string }).protocol),
        ),
    ).toEqual(["file:", "file:"]);
    expect([complaints, requests]).toEqual([[], []]);
    await page.close();
  });
});
