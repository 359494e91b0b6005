import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, chromiumPath, noBrowserHint, openBrowser } from "../system/browser.ts";
import { askedOf, axeOf, openedPage } from "../../test/support/report/browser.ts";
import { type Fixture, hostileRun, stormRun } from "../../test/support/report/storm-run.ts";
import { renderHtml } from "./html.ts";
import { reportModel } from "./model.ts";

const chromium = chromiumPath(process.env);
if (chromium === null)
  console.warn(
    "No Chromium found (CHROMIUM, /usr/bin, PATH): tests of the report in a browser are " +
      `skipped. ${noBrowserHint}`,
  );

/** Patient, because the machine may be busy. */
const patiently = { timeout: 20_000 };
/** The number of charts for which the sample run has data. */
const charts = 12;

describe.skipIf(chromium === null)("the report in a browser", () => {
  let folder = "";
  let scripted: Browser | null = null;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "seawall-report-"));
    scripted = await openBrowser(chromium ?? "", { scripts: true });
  });
  afterAll(async () => {
    await scripted?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const written = async (name: string, { run, verdict }: Fixture): Promise<string> => {
    const path = join(folder, `${name}.html`);
    await writeFile(path, renderHtml(reportModel(run, verdict)));
    return pathToFileURL(path).href;
  };
  const context = (): BrowserContext => {
    if (scripted === null) throw new Error("the browser was not opened");
    return scripted.context;
  };

  test("opens from disk without an error, a policy violation or a request", async () => {
    const { page, complaints, requests } = await openedPage(
      context(),
      await written("held", stormRun()),
    );
    expect(await page.title()).toBe("Held: origin-storm");
    expect(await page.locator(".plot canvas").count()).toBe(charts);
    expect(await askedOf(page, "inked()")).toEqual(new Array(charts).fill(true));
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.close();
  });

  test("would detect a violation of its policy", async () => {
    const { page, complaints } = await openedPage(context(), await written("planted", stormRun()));
    await askedOf(page, "planted()");
    await expect.poll(() => complaints.join(), patiently).toMatch(/Content Security Policy/);
    await page.close();
  });

  test("shows verdict, faults and impact on the first screen without a script", async () => {
    await using bare = await openBrowser(chromium ?? "", { scripts: false });
    const { page } = await openedPage(
      bare.context,
      await written("bare", stormRun({ status: "refuted", without: ["collapsing"] })),
    );
    for (const text of [
      "Refuted",
      "Control: without collapsing.",
      "The origin dies as the audience arrives",
      "process 4711 is gone",
      "Live segments served",
      "Claims",
    ]) {
      const box = await page.getByText(text).first().boundingBox();
      expect(box, text).not.toBeNull();
      expect((box?.y ?? 9999) + (box?.height ?? 0), text).toBeLessThanOrEqual(800);
    }
    expect(await page.locator(".needs-script:visible").count()).toBe(0);
    expect(await page.getByText("The curves need JavaScript").isVisible()).toBe(true);
  });

  test("moves one cross-hair and one zoom over all charts, by keyboard too", async () => {
    const { page, complaints } = await openedPage(context(), await written("zoom", stormRun()));
    await page.locator(".plot").nth(2).focus();
    for (const key of ["End", "ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
    expect(await page.locator("#moment").textContent()).toMatch(/^\+71 s · recovery/);
    expect(await page.locator(".chart").nth(0).locator("output").first().textContent()).toBe(
      "80 /s",
    );
    expect(
      await page
        .locator("#chart-live-heat")
        .locator("xpath=ancestor::figure")
        .locator("output")
        .textContent(),
    ).toMatch(/^\d+ here, most of them [\d.]+–[\d.]+ ms$/);
    await page.keyboard.press("Escape");
    expect(await page.locator("#moment").textContent()).toBe("");
    const whole = (await askedOf(page, "drawings()")) as string[];
    const over = page.locator(".chart").nth(1).locator(".u-over");
    await over.scrollIntoViewIfNeeded();
    const box = await over.boundingBox();
    const [left, top] = [box?.x ?? 0, (box?.y ?? 0) + 40];
    await page.mouse.move(left + 200, top);
    await page.mouse.down();
    await page.mouse.move(left + 500, top, { steps: 4 });
    await page.mouse.up();
    const zoomed = (await askedOf(page, "drawings()")) as string[];
    expect(zoomed.filter((drawing, index) => drawing === whole[index])).toEqual([]);
    await page.getByRole("button", { name: "Show the whole run" }).click();
    expect(await page.getByRole("button", { name: "Show the whole run" }).isVisible()).toBe(false);
    await expect.poll(async () => await askedOf(page, "drawings()"), patiently).toEqual(whole);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("shows every interval of a chart as a table", async () => {
    const { page } = await openedPage(context(), await written("table", stormRun()));
    const chart = page.locator(".chart").nth(1);
    await chart.locator("summary").click();
    await chart.getByRole("button", { name: "Show every interval" }).click();
    expect(await chart.locator(".scroll").nth(1).locator("tbody tr").count()).toBe(40);
    await page.close();
  });

  test("runs nothing from a hostile experiment, service or record", async () => {
    const { page, complaints, requests } = await openedPage(
      context(),
      await written("hostile", hostileRun()),
    );
    expect(await askedOf(page, "pwned()")).toBe(false);
    const buttons = await page.locator(".all-intervals").all();
    expect(buttons).toHaveLength(charts);
    // From the last to the first, because each is replaced by its table.
    for (const button of buttons.reverse()) await button.dispatchEvent("click");
    expect(await askedOf(page, "pwned()")).toBe(false);
    expect(await page.locator("img, iframe, object").count()).toBe(0);
    expect(await page.locator("main > *").count()).toBe(12);
    expect([complaints, requests]).toEqual([[], []]);
    await page.close();
  });

  test("opens a damaged and empty record", async () => {
    const { run, verdict } = stormRun({ status: "inconclusive" });
    const { page, complaints } = await openedPage(
      context(),
      await written("empty", {
        run: { ...run, events: [], series: [], damage: ["events.ndjson is missing"] },
        verdict: { ...verdict, findings: [] },
      }),
    );
    expect(await page.getByText("events.ndjson is missing").isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each([
    ["light", false, "all"],
    ["dark", true, "colours"],
  ] as const)("passes axe's rules and has enough contrast in %s", async (_name, dark, rules) => {
    await using own = await openBrowser(chromium ?? "", { scripts: true, dark });
    for (const status of ["held", "refuted", "inconclusive"] as const) {
      const { page } = await openedPage(
        own.context,
        await written(`contrast-${status}`, stormRun({ status, without: ["collapsing"] })),
      );
      for (const table of await page.locator("details.figures-table > summary").all())
        await table.dispatchEvent("click");
      await page.locator(".all-intervals").first().click();
      expect(await axeOf(page, rules)).toEqual([]);
      expect(await askedOf(page, "faint()")).toEqual([]);
      await page.close();
    }
  });

  test("axe would find a violation", async () => {
    const { page } = await openedPage(context(), await written("axe", stormRun()));
    await page.evaluate('document.body.insertAdjacentHTML("beforeend", "<button></button>")');
    await page.evaluate(
      'document.body.append(Object.assign(document.createElement("p"), { textContent: ' +
        '"faint" })); document.body.lastChild.style.cssText = "color: #777; background: #888"',
    );
    expect((await axeOf(page)).join()).toMatch(/button-name/);
    const ofColour = (await axeOf(page, "colours")).join();
    expect(ofColour).toMatch(/color-contrast/);
    expect(ofColour).not.toMatch(/button-name/);
    await page.close();
  });

  test("prints light, with its charts and without controls", async () => {
    await using own = await openBrowser(chromium ?? "", { scripts: true, dark: true });
    const { page } = await openedPage(
      own.context,
      await written("print", stormRun({ status: "refuted" })),
    );
    await page.emulateMedia({ media: "print" });
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(
      await page.evaluate(
        'getComputedStyle(document.documentElement).getPropertyValue("--ground").trim()',
      ),
    ).toBe("#fff");
    expect(await askedOf(page, "inked()")).toEqual(new Array(charts).fill(true));
    expect(await page.locator("button:visible, nav:visible, .readout:visible").count()).toBe(0);
    expect(await askedOf(page, "faint()")).toEqual([]);
    expect(await page.locator(".evidence .rules li").first().isVisible()).toBe(true);
    const paper = (await page.pdf({ format: "A4" })).toString("latin1");
    const sheets = paper.match(/\/Type \/Page\b/g)?.length ?? 0;
    expect(sheets).toBeGreaterThan(2);
    expect(sheets).toBeLessThan(12);
  });

  test("prints folded content without a script, too", async () => {
    await using own = await openBrowser(chromium ?? "", { scripts: false });
    const { page } = await openedPage(own.context, await written("print-plain", stormRun({})));
    const rule = page.locator(".evidence .rules li").first();
    expect(await rule.isVisible()).toBe(false);
    await page.emulateMedia({ media: "print" });
    expect(await rule.isVisible()).toBe(true);
  });

  test("offers its figures as CSV and as JSON", async () => {
    const { page } = await openedPage(context(), await written("data", hostileRun()));
    const [csv] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download the charts’ figures" }).click(),
    ]);
    const lines = (await readFile(await csv.path(), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(41);
    expect(lines[0]).toMatch(
      /^\ufeff"seconds since the baseline began","phase","Live segments: requests by outcome: served \[\/s\]"/,
    );
    expect(lines[3]).toMatch(/^0,"baseline",80,/);
    expect(csv.suggestedFilename()).toMatch(/^[\w.-]+\.intervals\.csv$/);
    const [json] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download what this page shows" }).click(),
    ]);
    expect(JSON.parse(await readFile(await json.path(), "utf8"))).toMatchObject({
      format: "seawall-report/1",
    });
    await page.close();
  });

  test("needs no sideways scrolling on a phone", async () => {
    await using narrow = await openBrowser(chromium ?? "", { scripts: true, wide: 390 });
    const { page } = await openedPage(narrow.context, await written("narrow", hostileRun()));
    expect(await askedOf(page, "sidewaysPx()")).toBe(0);
  });

  test("opens an hour as it opens a minute", async () => {
    const hour = await written(
      "hour",
      stormRun({
        phasesMs: { baseline: 600_000, fault: 2_400_000, recovery: 600_000 },
        audience: 0.1,
      }),
    );
    const { page } = await openedPage(context(), hour);
    console.info(
      `an hour's report was loaded after ${String(await askedOf(page, "loadedMs()"))} ms`,
    );
    expect(await page.locator(".plot canvas").count()).toBe(charts);
    await page.close();
  });
});
