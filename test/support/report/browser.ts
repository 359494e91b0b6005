/** Opens pages in a real browser and checks what a reader would notice. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import axeCore from "axe-core";
import type { BrowserContext, Page } from "playwright-core";

/** A page with everything that it logged as an error or requested from the network. */
export async function openedPage(
  context: BrowserContext,
  url: string,
): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) requests.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, requests };
}

/** In-page code is plain script text, because this program is typed for Node and not for a page. */
export async function askedOf(
  page: Page,
  question:
    | "inked()"
    | "faint()"
    | "pwned()"
    | "planted()"
    | "sidewaysPx()"
    | "loadedMs()"
    | "drawings()",
): Promise<unknown> {
  const questions = await readFile(
    join(import.meta.dirname, "../../../harness/report/page/inspect.js"),
    "utf8",
  );
  return page.evaluate(`${questions}\n${question}`);
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** The axe-core rules that a theme can change: a theme is colours only. */
const colourRules = ["color-contrast", "link-in-text-block"];

/**
 * The findings of axe-core against WCAG 2.2 AA and good practice, with the first elements that each
 * concerns.
 */
export async function axeOf(page: Page, rules: "all" | "colours" = "all"): Promise<string[]> {
  const options = {
    resultTypes: ["violations"],
    ...(rules === "all" ? {} : { runOnly: { type: "rule", values: colourRules } }),
  };
  const found = (await page.evaluate(
    `${axeCore.source}; axe.run(document, ${JSON.stringify(options)}).then((results) => ` +
      "results.violations)",
  )) as readonly Violation[];
  return found.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 3)
      .map(
        ({ html, failureSummary }) =>
          `${id}: ${html.slice(0, 160)} ${failureSummary.replaceAll("\n", " ")}`,
      ),
  );
}
