import { describe, expect, it } from "vitest";
import { stormRun } from "../../../test/support/report/storm-run.ts";
import { renderHtml } from "../html.ts";
import { reportModel, type ReportModel } from "../model.ts";
import type { Section } from "./section.ts";
import * as listed from "./sections.ts";

const sections = Object.values<Section>(listed).sort((a, b) => a.position - b.position);
const { run, verdict } = stormRun();
const model = reportModel(run, verdict);

/** The ids of the contents' links, and those of the headings, in the order of the page. */
function partsOf(shown: ReportModel): { readonly linked: string[]; readonly there: string[] } {
  const html = renderHtml(shown);
  const contents = /<nav class="page contents".*?<\/nav>/s.exec(html)?.[0] ?? "";
  const ids = new Set(sections.map(({ id }) => id));
  return {
    linked: [...contents.matchAll(/href="#([^"]+)"/g)].map((match) => match[1] as string),
    there: [...html.matchAll(/<h2 id="([^"]+)"/g)]
      .map((match) => match[1] as string)
      .filter((id) => ids.has(id)),
  };
}

describe("the sections of a report", () => {
  it("have unique ids and positions", () => {
    expect(new Set(sections.map(({ id }) => id)).size).toBe(sections.length);
    expect(new Set(sections.map(({ position }) => position)).size).toBe(sections.length);
  });

  it("appear in order, each with a link to it", () => {
    const whole = partsOf(model);
    expect(whole.linked).toEqual(whole.there);
    expect(whole.linked.length).toBeGreaterThanOrEqual(6);
    const order = sections.map(({ id }) => id).filter((id) => whole.linked.includes(id));
    expect(whole.linked).toEqual(order);
  });

  it("have no link if the record has no data for them", () => {
    const { linked, there } = partsOf({ ...model, maps: [], judgedPhases: [] });
    expect(linked).toEqual(there);
    expect(linked).not.toContain("where");
    expect(linked).not.toContain("generator");
  });
});
