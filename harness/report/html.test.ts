import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Status } from "../record/verdict.ts";
import { hostileRun, stormRun } from "../../test/support/report/storm-run.ts";
import { renderHtml } from "./html.ts";
import { reportModel, type ReportModel } from "./model.ts";

function page(fixture = stormRun()): string {
  return renderHtml(reportModel(fixture.run, fixture.verdict));
}

/** What a reader without JavaScript sees before the charts. */
function firstPart(html: string): string {
  return html
    .slice(html.indexOf("<main>"), html.indexOf('id="charts"'))
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}

describe("a simulated run", () => {
  const { run, verdict } = stormRun();
  const html = page({ run: { ...run, plan: { ...run.plan, substrate: "simulated" } }, verdict });

  test("looks like one before anything is read, whatever its verdict", () => {
    expect(html).toContain('<body class="simulated">');
    expect(html).toMatch(/<title>Simulated, /);
    expect(firstPart(html).trimStart()).toMatch(/^Simulated\. .*proves nothing about/);
  });

  test("differs from a real one", () => {
    expect(page()).toContain('<body class="">');
    expect(page()).not.toContain("Simulated.");
  });
});

describe("without a script", () => {
  test.each<[Status, string]>([
    ["held", "Held"],
    ["refuted", "Refuted"],
    ["inconclusive", "Inconclusive"],
  ])("a run that is %s says so first", (status, word) => {
    const text = firstPart(page(stormRun({ status })));
    expect(text.trimStart().startsWith(word)).toBe(true);
    expect(text).toContain("kill region-a/origin-read");
    expect(text).toContain(
      "Landed: process 4711 is gone and 127.1.1.14:8080 refuses connections".replace(
        "Landed: ",
        "",
      ),
    );
    expect(text).toContain("Live segments are served while an origin is down");
    expect(text).toContain("≥ 99.9 %");
  });

  test("a control is marked as such, with the meaning of its verdict", () => {
    expect(firstPart(page(stormRun({ status: "refuted", without: ["collapsing"] })))).toMatch(
      /Control: without collapsing\..*Expected to be refuted, and it was/,
    );
    expect(firstPart(page(stormRun({ status: "held", without: ["collapsing"] })))).toMatch(
      /Expected to be refuted, yet it held: this experiment proves nothing/,
    );
  });

  test("an aborted, damaged, uncleaned run lists the problems and what is missing", () => {
    const { run, verdict } = stormRun({ status: "inconclusive" });
    const text = firstPart(
      page({
        run: {
          ...run,
          events: run.events.slice(0, 7),
          series: [],
          damage: ["samples end in the middle of a block"],
        },
        verdict: {
          ...verdict,
          aborted: { reason: "user", detail: "interrupted" },
          cleanup: { status: "incomplete", left: ["process group 4711"] },
        },
      }),
    );
    for (const words of [
      "Aborted (user):",
      "interrupted",
      "Left behind: process group 4711",
      "samples end in the middle of a block",
      "The record has no samples",
      "Not reached: fault, recovery.",
      "The record has no fault.",
    ])
      expect(text).toContain(words);
  });

  test("every chart has its figures by phase in a table", () => {
    const html = page();
    const figures = html.match(/<figure class="chart"[\s\S]*?<\/figure>/g) ?? [];
    expect(figures).toHaveLength(12);
    expect(figures.map((figure) => /id="chart-([^"]+)"/.exec(figure)?.[1])).toContain("live-heat");
    for (const figure of figures)
      expect(figure).toMatch(
        /<th scope="col" class="n">baseline<\/th><th scope="col" class="n">fault<\/th>/,
      );
  });
});

describe("the map", () => {
  test("also lists in words what was down when most was broken", () => {
    const html = page();
    expect(html).toContain("<b>Down:</b> region-a/origin-read.");
    expect(html.match(/class="node down"/g)).toHaveLength(1);
    // The services, and the users above them.
    expect(html.match(/class="node up"/g)).toHaveLength(12);
    expect(html).toContain('class="link idle"');
  });

  test("is omitted if no fault landed", () => {
    const { run, verdict } = stormRun();
    const events = run.events.map((event) =>
      event.kind === "injected"
        ? { ...event, evidence: { landed: false, observation: "no such process" } }
        : event,
    );
    expect(page({ run: { ...run, events }, verdict })).not.toContain("Affected services");
  });
});

test("a fault of many services shows its first observation, and others on request", () => {
  const { run, verdict } = stormRun();
  const seen = Array.from(
    { length: 9 },
    (_, index) =>
      `process ${1000 + index} of region-a-2/service-${index} is gone and ` +
      `127.1.2.1${index}:8080 refuses connections`,
  );
  const events = run.events.map((event) =>
    event.kind === "injected"
      ? { ...event, evidence: { landed: true, observation: seen.join("; ") } }
      : event,
  );
  const html = page({ run: { ...run, events }, verdict });
  expect(html).toContain(
    `${seen[0]} <details><summary>and 8 more</summary>\n${seen.slice(1).join("; ")}</details>`,
  );
  expect(page()).not.toContain("<summary>and ");
});

test("a fault that is too short for its label has it next to its bar, in full", () => {
  const { run, verdict } = stormRun();
  const events = run.events.map((event) =>
    event.kind === "healed"
      ? { ...event, atMs: (run.events.find(({ kind }) => kind === "injected")?.atMs ?? 0) + 1_500 }
      : event,
  );
  expect(page({ run: { ...run, events }, verdict })).toMatch(
    /<text class="fault-label beside" [^>]*>✓ kill region-a\/origin-read<\/text>/,
  );
  expect(page()).not.toContain("fault-label beside");
});

test("the claims can be downloaded as CSV without a script", () => {
  const csv = decodeURIComponent(
    (/href="data:text\/csv;charset=utf-8,([^"]+)"/.exec(page(hostileRun()))?.[1] ?? "").replaceAll(
      "&#39;",
      "'",
    ),
  );
  expect(csv.startsWith("\ufeff")).toBe(true);
  const lines = csv.slice(1).split("\r\n");
  expect(lines[0]).toBe(
    '"kind","id","claim","phase","status","observed","comparison","limit","unit","part of ' +
      'the allowance used","samples","why"',
  );
  expect(lines[1]).toMatch(/^"claim","<img src=x[^,]*","<img src=x onerror=""window\.pwned=2"">/);
  expect(lines).toHaveLength(18);
});

test("claims.csv has raw numbers with their comparison and unit", () => {
  const csv = decodeURIComponent(
    (
      /href="data:text\/csv;charset=utf-8,([^"]+)"/.exec(
        page(stormRun({ status: "refuted" })),
      )?.[1] ?? ""
    ).replaceAll("&#39;", "'"),
  );
  expect(csv).toContain(
    '"Live viewers wait less than half a segment","fault","refuted",2000,"<=",1000,"ms",',
  );
});

test("is readable if a server strips its style and script: every drawing has a size", () => {
  const html = page(stormRun({ status: "refuted" })).replace(
    /<(script|style)\b[\s\S]*?<\/\1>/g,
    "",
  );
  const drawings = html.match(/<svg\b[^>]*>/g) ?? [];
  expect(drawings.length).toBeGreaterThan(20);
  expect(drawings.filter((tag) => !/ width="/.test(tag) || !/ height="/.test(tag))).toEqual([]);
  expect(
    (html.match(/<svg class="shape[^>]*>/g) ?? []).filter((tag) => !/ fill="#/.test(tag)),
  ).toEqual([]);
});

describe("safety", () => {
  test("text from experiments, services and records stays text", () => {
    const html = page(hostileRun());
    const has = (pattern: RegExp, text = html): boolean => pattern.test(text);
    const elements = html.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, "");
    expect(has(/<(?:img|iframe|object|embed)\b/i, elements)).toBe(false);
    expect(has(/<[^>]*\son\w+=/i, elements.replace(/"[^"]*"/g, '""'))).toBe(false);
    expect(html.match(/<script\b/g)).toHaveLength(2);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    expect(has(/<!--/)).toBe(false);
    expect(
      has(
        /href="(?!#|[a-z]+\.(?:json|ndjson|xml)"|\.\/"|data:image\/svg|data:text\/csv[^"<>]*" download="claims\.csv")/,
      ),
    ).toBe(false);
    expect(has(/[\u2028\u2029\p{Bidi_Control}]|(?!\n)\p{Cc}/u)).toBe(false);
  });

  test("the embedded data is preserved whatever its content", () => {
    const { run, verdict } = hostileRun();
    const model = reportModel(run, verdict);
    const embedded =
      /<script type="application\/json" id="model">([\s\S]*?)<\/script>/.exec(
        renderHtml(model),
      )?.[1] ?? "";
    const { dashes: _, ...read } = JSON.parse(embedded) as ReportModel & { dashes: unknown };
    expect(read).toEqual(model);
    expect(embedded).not.toMatch(/[<>&]/);
  });

  test("only the page's own script and style sheet are active", () => {
    const html = page();
    const hash = (text: string): string => createHash("sha256").update(text).digest("base64");
    const policy = (/Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? "").replaceAll(
      "&#39;",
      "'",
    );
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'none'$/,
    );
    expect(policy).toContain(hash(/<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? ""));
    expect(policy).toContain(hash(/<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? ""));
    expect(html).not.toMatch(/\sstyle="/);
  });
});

test("an hour stays under 2 MB and 600 intervals", () => {
  const fixture = stormRun({
    phasesMs: { baseline: 600_000, fault: 2_400_000, recovery: 600_000 },
    audience: 0.1,
  });
  const model = reportModel(fixture.run, fixture.verdict);
  expect(model.axis.buckets).toBeLessThanOrEqual(600);
  expect(model.axis.bucketMs % 2000).toBe(0);
  expect(Buffer.byteLength(renderHtml(model))).toBeLessThan(2 * 2 ** 20);
});
