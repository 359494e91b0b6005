import type { JudgedRun } from "../compare/comparable.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comparisonOf } from "../compare/comparison.ts";
import { type Browser, chromiumPath, openBrowser } from "../system/browser.ts";
import { askedOf, axeOf, openedPage } from "../../test/support/report/browser.ts";
import { renderComparisonHtml } from "./compare-html.ts";
import { type Fixture, hostileRun, stormRun } from "../../test/support/report/storm-run.ts";

const chromium = chromiumPath(process.env);

/** Several runs of one kind with the usual variation. */
function side(of: () => Fixture, runs: number, slower = 1): JudgedRun[] {
  return Array.from({ length: runs }, (_, index) => {
    const { run, verdict } = of();
    const times = slower * (1 + 0.01 * index);
    const series = run.series.map((one) =>
      one.kind === "duration"
        ? {
            ...one,
            values: one.values.map((value) => value * times),
            atMs: one.atMs.map((atMs, at) => atMs + (times - 1) * (one.values[at] ?? 0)),
          }
        : one,
    );
    return {
      run: {
        ...run,
        id: `${run.id}-${slower}-${index}`,
        directory: `/runs/${slower}-${index}`,
        series,
      },
      verdict,
    };
  });
}

const storm = (): Fixture => stormRun({ audience: 0.2 });
const refuted = (): Fixture =>
  stormRun({ status: "refuted", without: ["collapsing"], audience: 0.2 });

describe.skipIf(chromium === null)("a comparison in a browser", () => {
  let folder = "";
  let browser: Browser | null = null;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "seawall-compare-"));
    browser = await openBrowser(chromium ?? "", { scripts: true });
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const written = async (name: string, ...sides: JudgedRun[][]): Promise<string> => {
    const path = join(folder, `${name}.html`);
    const labelled = sides.map((runs, index) => ({
      label: `${"ABC"[index]} (${runs.length} runs)`,
      runs: runs.map(({ run }) => run),
    }));
    await writeFile(
      path,
      renderComparisonHtml(
        comparisonOf(sides),
        labelled,
        (directory) => `..${directory}/report.html`,
      ),
    );
    return pathToFileURL(path).href;
  };
  const context = () => {
    if (browser === null) throw new Error("the browser was not opened");
    return browser.context;
  };

  test("shows what is worse first, and overlays the sides on the fault's axis", async () => {
    const { page, complaints, requests } = await openedPage(
      context(),
      await written("worse", side(storm, 3), side(refuted, 3, 1.5)),
    );
    expect(await page.title()).toMatch(/^Worse.*: origin-storm, compared$/);
    expect(await page.locator("h1").textContent()).toMatch(/^Worse/);
    expect(await page.locator(".changes").textContent()).toMatch(
      /A held in all 3 runs, B refuted in all 3 runs.*live (segment wait|request time) .* unlikely to be noise/,
    );
    expect(await page.locator(".sides a").first().getAttribute("href")).toBe(
      "../runs/1-0/report.html",
    );
    const canvases = await page.locator(".plot canvas").count();
    expect(canvases).toBeGreaterThanOrEqual(6);
    expect(await askedOf(page, "inked()")).toEqual(new Array(canvases).fill(true));
    await page.locator(".plot").first().focus();
    for (const key of ["Home", "ArrowRight"]) await page.keyboard.press(key);
    expect(await page.locator("#moment").textContent()).toMatch(/^−\d+ s/);
    expect([complaints, requests]).toEqual([[], []]);
    await page.close();
  });

  test.each([
    ["light", false, "all"],
    ["dark", true, "colours"],
  ] as const)(
    "passes axe's rules and has enough contrast in %s, whatever the result",
    async (_name, dark, rules) => {
      await using own = await openBrowser(chromium ?? "", { scripts: true, dark });
      for (const [name, sides] of [
        ["worse", [side(storm, 3), side(refuted, 3, 1.5)]],
        ["none", [side(storm, 3), side(storm, 3, 1.001)]],
        ["few", [side(storm, 1), side(refuted, 1, 1.4)]],
        ["three", [side(storm, 3), side(refuted, 3, 1.4), side(storm, 1, 1.001)]],
      ] as const) {
        const { page } = await openedPage(own.context, await written(`axe-${name}`, ...sides));
        await page.evaluate(
          "for (const one of document.querySelectorAll('details')) one.open = true",
        );
        expect(await axeOf(page, rules), name).toEqual([]);
        expect(await askedOf(page, "faint()"), name).toEqual([]);
        await page.close();
      }
    },
  );

  test("names the sides, and explains too few runs in a neutral headline", async () => {
    const versioned = (version: string, runs: JudgedRun[]): JudgedRun[] =>
      runs.map(({ run, verdict }) => ({
        run: { ...run, plan: { ...run.plan, versionGiven: version } },
        verdict,
      }));
    const { page } = await openedPage(
      context(),
      await written(
        "few",
        versioned("1.4.0", side(storm, 1)),
        versioned("1.5.0", side(refuted, 1, 1.5)),
      ),
    );
    expect(await page.locator("h1").textContent()).toBe("Cannot tell");
    expect(await page.locator(".which").textContent()).toMatch(
      /A baseline, version 1\.4\.0.*B version 1\.5\.0/,
    );
    expect(await page.locator(".power").first().textContent()).toContain(
      "1 run against 1: no test can tell",
    );
    expect(await page.locator(".changes").textContent()).toMatch(/A held, B refuted/);
    if (process.env["SEAWALL_SHOTS"] !== undefined)
      await page.screenshot({
        path: join(process.env["SEAWALL_SHOTS"], "few.png"),
        fullPage: true,
      });
    await page.close();
    const same = await openedPage(
      context(),
      await written(
        "same",
        versioned("1.4.0", side(storm, 3)),
        versioned("1.5.0", side(storm, 3, 1.001)),
      ),
    );
    expect(await same.page.locator("h1").textContent()).toBe("No difference shown");
    expect(await same.page.locator(".power").first().textContent()).toMatch(
      /^The smallest change these runs could have shown is ± [\d.]+ %/,
    );
    if (process.env["SEAWALL_SHOTS"] !== undefined)
      await same.page.screenshot({
        path: join(process.env["SEAWALL_SHOTS"], "same.png"),
        fullPage: true,
      });
    await same.page.close();
  });

  test("shows everything but the curves without a script, and fits a phone", async () => {
    await using bare = await openBrowser(chromium ?? "", { scripts: false });
    const { page } = await openedPage(
      bare.context,
      await written("bare", side(storm, 3), side(refuted, 3, 1.5)),
    );
    expect(await page.locator(".needs-script:visible").count()).toBe(0);
    for (const text of [
      "Worse",
      "Compared runs",
      "How this was computed",
      "The curves need JavaScript",
    ])
      expect(await page.getByText(text).first().isVisible(), text).toBe(true);
    await using narrow = await openBrowser(chromium ?? "", { scripts: true, wide: 390 });
    expect(
      await askedOf(
        (
          await openedPage(
            narrow.context,
            await written("narrow", side(hostileRun, 1), side(hostileRun, 1, 1.2)),
          )
        ).page,
        "sidewaysPx()",
      ),
    ).toBe(0);
  });

  test("runs nothing from a hostile experiment or record, and opens an empty one", async () => {
    const { page, complaints, requests } = await openedPage(
      context(),
      await written("hostile", side(hostileRun, 1), side(hostileRun, 1, 1.2)),
    );
    expect(await askedOf(page, "pwned()")).toBe(false);
    expect(await page.locator("img, iframe, object").count()).toBe(0);
    await page.close();
    const empty = (): Fixture => {
      const { run, verdict } = stormRun();
      return { run: { ...run, events: [], series: [] }, verdict: { ...verdict, findings: [] } };
    };
    const second = await openedPage(
      context(),
      await written("empty", side(empty, 1), side(empty, 1, 2)),
    );
    expect(await second.page.getByText("There is nothing to draw").isVisible()).toBe(true);
    expect([complaints, requests, second.complaints]).toEqual([[], [], []]);
    await second.page.close();
  });
});
