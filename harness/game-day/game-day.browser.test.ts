import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { Day } from "./day/day.ts";
import {
  type BrowserOptions,
  chromiumPath,
  noBrowserHint,
  openBrowser,
} from "../system/browser.ts";
import { readDay } from "./day-directory.ts";
import { severableConnection } from "../../test/support/game-day/severable-connection.ts";
import { dayOf, stepOf } from "../../test/support/game-day/day.ts";
import { axeOf } from "../../test/support/report/browser.ts";
import { renderDayReport } from "./day-report.ts";
import { type Rehearsal, rehearse } from "../../test/support/game-day/rehearsal.ts";

const chromium = chromiumPath(process.env);
if (chromium === null)
  console.warn(
    "No Chromium found (CHROMIUM, /usr/bin, PATH): tests of the game day's page are " +
      `skipped. ${noBrowserHint}`,
  );

const storm = stepOf("origin-storm", {
  title: "Origin storm: a crowd at the live edge while an origin of region A dies",
  target: "live-streaming",
  topology: "quick",
  story:
    "When a live event peaks, all viewers ask for the same new segment in the same instant, " +
    "every two seconds.",
  brief:
    "On call: watch your own dashboards, not this page. Say in a note when you first see " +
    "it, and where.",
  claims: [
    "Live segments reach their viewers in time",
    "Origin GETs per edge and segment do not grow with the audience",
  ],
  // Longer than the test, even on a busy machine, so that a stop finds the fault in force.
  phasesMs: { baseline: 10_000, fault: 400_000, recovery: 20_000 },
  faults: [
    {
      label: "kill region-a/origin-read",
      atMs: 2_000,
      forMs: 390_000,
      proof: "its processes are gone and its ports refuse connections",
      undo: "it is started again and answers",
    },
  ],
  blast: {
    services: ["region-a/origin-read"],
    servicesInAll: 18,
    links: [],
    zones: ["region-a-1"],
    zonesInAll: 2,
    faultsAtOnceMax: 1,
    loadTimes: 9,
  },
});
const hostile = '<img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>';
const day: Day = dayOf(
  [
    { ...storm, holdMsMax: 600_000 },
    { ...storm, without: ["regionFailover"], expect: "refuted", story: hostile, brief: hostile },
  ],
  { id: "20260101T000000Z-1a2b3c4d", title: "Rehearsal before the season opener" },
);

/** A folder for screenshots; none are taken if it is not set. */
const pictures = process.env["SEAWALL_PICTURES"];
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

async function opened(rehearsal: Rehearsal, role: string, options: Partial<BrowserOptions> = {}) {
  const browser = await openBrowser(chromium ?? "", { scripts: true, online: true, ...options });
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !/ERR_|Failed to load resource/.test(message.text()))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const line = await severableConnection(rehearsal.page.port);
  await page.goto(
    rehearsal.page.linkOf(role).replace(`:${rehearsal.page.port}/`, `:${line.port}/`),
  );
  return { browser, page, complaints, line };
}

/** Patient, because the machine may be busy. */
const patiently = { timeout: 20_000 };
const points = (page: Page): Promise<number> =>
  page.evaluate("charts.charts[0]?.data[0].length ?? 0") as Promise<number>;
const faint = async (page: Page): Promise<unknown> =>
  page.evaluate(
    `${readFileSync(join(import.meta.dirname, "../report/page/inspect.js"), "utf8")}\nfaint()`,
  );

describe.skipIf(chromium === null)("a game day in a browser", () => {
  test("survives a reload and a lost connection, takes notes, and stop heals", async () => {
    await using rehearsal = await rehearse(day);
    const { browser, page, complaints, line } = await opened(rehearsal, "conductor");
    await using _line = line;
    await using _browser = browser;
    // The token has left the address bar.
    await expect.poll(() => page.url(), patiently).toBe(`http://127.0.0.1:${line.port}/`);
    await page.getByRole("heading", { name: "Go for step 1 of 2?" }).waitFor();
    expect(await page.getByText("1 of 18 services: region-a/origin-read").isVisible()).toBe(true);
    await picture(page, "1-asked");
    expect(await faint(page)).toEqual([]);
    await page.getByRole("button", { name: /^Go/ }).click();
    await page.getByRole("heading", { name: /break it\?/ }).waitFor();
    await expect.poll(() => points(page), patiently).toBeGreaterThan(5);
    await picture(page, "2-held");
    await page.getByRole("button", { name: /^Go/ }).click();
    await page.locator("#in-force li").first().waitFor();
    const before = await points(page);
    await expect.poll(() => points(page), patiently).toBeGreaterThan(before + 3);
    await page.getByLabel("Your name").fill("Anna");
    await page
      .getByLabel("Note", { exact: true })
      .fill("The pager is silent; I see it on the edge board");
    await page.getByRole("button", { name: "Add to the timeline" }).click();
    await page.getByText("Anna (conductor)").waitFor();
    await page.waitForTimeout(900);
    await picture(page, "3-fault");
    expect(await faint(page)).toEqual([]);

    // A reload restores everything without the link.
    const seen = rehearsal.log.since(0).length;
    await page.reload();
    await expect.poll(() => points(page), patiently).toBeGreaterThan(before);
    expect(await page.getByText("Anna (conductor)").count()).toBe(1);
    expect(seen).toBeGreaterThan(30);

    // The connection is lost, the day continues, and the missed events arrive on reconnect, once.
    line.cut();
    await page.locator("#connection", { hasText: "connection lost" }).waitFor();
    await picture(page, "4-lost");
    const missed = await points(page);
    const countBefore = rehearsal.log.since(0).length;
    await expect
      .poll(() => rehearsal.log.since(0).length, patiently)
      .toBeGreaterThan(countBefore + 10);
    expect(await points(page)).toBe(missed);
    line.restore();
    await expect.poll(() => points(page), patiently).toBeGreaterThan(missed + 3);
    const stamps = (await page.evaluate("charts.charts[0].data[0]")) as number[];
    expect(stamps).toEqual(stamps.map((_, index) => (stamps[0] as number) + index));
    expect(await page.getByText("Anna (conductor)").count()).toBe(1);

    await page.getByRole("button", { name: /^Stop/ }).click();
    await rehearsal.over;
    await page.getByRole("heading", { name: "The day is over" }).first().waitFor();
    await picture(page, "5-over");
    expect([...rehearsal.inForce]).toEqual([]);
    expect(rehearsal.healed).toEqual(["kill region-a/origin-read"]);
    expect(rehearsal.desk.state.stoppedBy).toEqual({ role: "conductor", name: "Anna" });
    expect(await page.evaluate("'pwned' in window")).toBe(false);
    expect(complaints).toEqual([]);
    // The report opens from disk, and shows the same.
    const report = join(rehearsal.directory, "report.html");
    writeFileSync(report, renderDayReport(readDay(rehearsal.directory)));
    await page.goto(pathToFileURL(report).href);
    expect(
      await page.getByText("The pager is silent; I see it on the edge board").isVisible(),
    ).toBe(true);
    expect(await page.locator(".tape .pin").count()).toBe(1);
    expect(await faint(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await picture(page, "6-report");
  }, 90_000);

  test.each([
    ["light", false],
    ["dark", true],
  ] as const)(
    "passes axe's rules and has enough contrast in %s, in every state",
    async (look, dark) => {
      const short = {
        ...storm,
        phasesMs: { baseline: 3_000, fault: 80_000, recovery: 3_000 },
        faults: [{ ...storm.faults[0], atMs: 1_000, forMs: 70_000 }],
        holdMsMax: 600_000,
      } as Day["steps"][number];
      await using rehearsal = await rehearse(
        dayOf([short, { ...storm, brief: "" }], { title: "Rehearsal before the season opener" }),
      );
      const { browser, page, complaints, line } = await opened(rehearsal, "conductor", { dark });
      await using _line = line;
      await using _browser = browser;
      const found: string[] = [];
      const looked = async (state: string): Promise<void> => {
        await picture(page, `${look}-${state}`);
        found.push(
          ...[...(await axeOf(page)), ...((await faint(page)) as string[])].map(
            (what) => `${state}: ${what}`,
          ),
        );
      };
      const go = page.getByRole("button", { name: /^Go/ });
      await page.getByRole("heading", { name: "Go for step 1 of 2?" }).waitFor();
      await looked("asked");
      await go.click();
      await page.getByRole("heading", { name: /break it\?/ }).waitFor();
      await looked("held");
      await go.click();
      await page.locator("#in-force li").first().waitFor(patiently);
      await looked("running");
      await page.getByRole("heading", { name: "Go for step 2 of 2?" }).waitFor(patiently);
      await looked("one-done");
      await go.click();
      await page.locator("#in-force li").first().waitFor(patiently);
      line.cut();
      await page.locator("#connection", { hasText: "connection lost" }).waitFor();
      await looked("lost");
      line.restore();
      await page.getByRole("button", { name: /^Stop/ }).click();
      await rehearsal.over;
      await page.getByRole("heading", { name: "The day is over" }).first().waitFor(patiently);
      await looked("stopped");
      const report = join(rehearsal.directory, "report.html");
      writeFileSync(report, renderDayReport(readDay(rehearsal.directory)));
      await page.goto(pathToFileURL(report).href);
      await looked("report");
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    },
    90_000,
  );

  test("allows an observer notes only, on a phone, in dark mode", async () => {
    await using rehearsal = await rehearse(dayOf([{ ...storm, story: hostile, brief: hostile }]));
    const { browser, page, complaints, line } = await opened(rehearsal, "observer", {
      wide: 390,
      dark: true,
    });
    await using _line = line;
    await using _browser = browser;
    await page.getByRole("heading", { name: "Go for step 1 of 1?" }).waitFor();
    for (const name of [/^Go/, /^No-go/, /^Stop/])
      expect(await page.getByRole("button", { name }).count(), String(name)).toBe(0);
    rehearsal.desk.answer(1, "go", { role: "conductor", name: null });
    await expect.poll(() => points(page), patiently).toBeGreaterThan(25);
    await page.waitForTimeout(300);
    await picture(page, "7-telephone");
    expect(await axeOf(page)).toEqual([]);
    expect(
      await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      ),
    ).toBe(0);
    expect(await faint(page)).toEqual([]);
    expect(await page.evaluate("'pwned' in window")).toBe(false);

    // The report: text in its drawings is large enough to read, and the page does not scroll
    // sideways.
    rehearsal.desk.stop({ role: "terminal", name: null });
    await rehearsal.over;
    const report = join(rehearsal.directory, "report.html");
    writeFileSync(report, renderDayReport(readDay(rehearsal.directory)));
    await page.goto(pathToFileURL(report).href);
    await picture(page, "8-telephone-report");
    expect(
      await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      ),
    ).toBe(0);
    expect(
      await page.evaluate(
        "Math.min(...[...document.querySelectorAll('.tape text')].map((text) => " +
          "parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))",
      ),
    ).toBeGreaterThan(9);
    expect(await axeOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  }, 60_000);
});
