import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyPoint } from "../../test/support/any-character.ts";
import { hostileRun, stormRun, type Fixture } from "../../test/support/report/storm-run.ts";
import { problemsOfForm } from "../../test/support/report/junit-form.ts";
import { renderJunit } from "./junit.ts";

function junit({ run, verdict }: Fixture): string {
  return renderJunit({ verdict, plan: run.plan });
}

/**
 * Checks that tags balance, attributes are quoted, references are known, and all characters are XML
 * 1.0.
 */
function problemWith(xml: string): string | null {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml))
    return "a character that XML does not have";
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?xml [^?]*\?>/, "")
    .replace(
      /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
      (_all, closing: string, name: string, _attributes: string, empty: string) => {
        if (closing !== "" && open.pop() !== name) open.push(`unexpected </${name}>`);
        if (closing === "" && empty === "") open.push(name);
        return "";
      },
    );
  if (open.length > 0) return `unbalanced: ${open.join(", ")}`;
  return /[<>]|&(?!#\d+;)/.test(rest) ? `markup left over: ${rest.trim().slice(0, 80)}` : null;
}

const caseNamed = (xml: string, name: string): string =>
  new RegExp(`<testcase name="${name}"[\\s\\S]*?</testcase>`).exec(xml)?.[0] ?? "";

describe("a consumer sees", () => {
  test("a held run as passed", () => {
    const xml = junit(stormRun());
    expect(problemWith(xml)).toBeNull();
    expect(xml).toContain('<testsuites name="seawall" tests="17" failures="0" errors="0"');
    expect(xml).not.toMatch(/<(?:failure|error|skipped)\b/);
    expect(xml.match(/<testcase/g)).toHaveLength(17);
  });

  test("a refuted claim as a failure with its figures", () => {
    const xml = junit(stormRun({ status: "refuted", without: ["collapsing"] }));
    expect(xml).toContain(
      '<testsuite name="origin-storm (control without collapsing)" tests="17" failures="4" ' +
        'errors="0" skipped="0"',
    );
    const claim = caseNamed(xml, "claim\\.live-viewers-wait-less-than-half-a-segment \\[fault\\]");
    expect(claim).toContain(
      '<failure type="refuted" message="Live viewers wait less than half a segment: beyond ' +
        'its limit (observed 2,000 ms, limit ≤ 1,000 ms, 28800 samples)">',
    );
    expect(claim).toContain("observed: 2000\n");
  });

  test("an inconclusive run as an error, never as a success", () => {
    const xml = junit(stormRun({ status: "inconclusive" }));
    expect(xml).toMatch(/failures="0" errors="1" skipped="1"/);
    expect(caseNamed(xml, "verdict")).toContain('<error type="seawall" message="inconclusive: ');
    expect(caseNamed(xml, "generator.on-time")).toContain("<skipped ");
  });

  test("faults of the harness as errors, even if all claims held", () => {
    const { run, verdict } = stormRun();
    const xml = renderJunit({
      verdict: {
        ...verdict,
        aborted: { reason: "generator", detail: "k6 died" },
        cleanup: { status: "incomplete", left: ["/tmp/x", "pid 7"] },
      },
      plan: run.plan,
    });
    expect(caseNamed(xml, "run to the end")).toContain("aborted (generator): k6 died");
    expect(caseNamed(xml, "cleanup")).toContain("left behind: /tmp/x, pid 7");
    expect(xml).toContain('errors="2"');
  });
});

test("hostile text is well-formed XML", () => {
  expect(problemWith(junit(hostileRun()))).toBeNull();
  expect(problemsOfForm(junit(hostileRun()))).toEqual([]);
});

test("any text is well-formed XML", () => {
  const { run, verdict } = stormRun();
  fc.assert(
    fc.property(
      fc.string({
        unit: anyPoint,
      }),
      fc.string({
        unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
      }),
      (a, b) => {
        const findings = verdict.findings.map((finding) => ({
          ...finding,
          title: a,
          why: b,
          unit: a,
        }));
        expect(
          problemWith(
            renderJunit({
              verdict: { ...verdict, experiment: b, why: a, without: [a], findings },
              plan: { ...run.plan, topology: b },
              more: [{ name: a, outcome: "failure", message: b }],
            }),
          ),
        ).toBeNull();
      },
    ),
  );
});

test("several runs are several suites, with common totals", () => {
  const [held, refuted] = [stormRun(), stormRun({ status: "refuted" })];
  const xml = renderJunit(
    {
      verdict: held.verdict,
      plan: held.run.plan,
      more: [{ name: "as good as the baseline", outcome: "failure", message: "slower" }],
    },
    { verdict: refuted.verdict, plan: refuted.run.plan },
  );
  expect(problemWith(xml)).toBeNull();
  expect(xml.match(/<testsuite /g)).toHaveLength(2);
  const failures = [...xml.matchAll(/<testsuites? [^>]*failures="(\d+)"/g)].map((match) =>
    Number(match[1]),
  );
  expect(failures[1]).toBe(1);
  expect(failures[0]).toBe((failures[1] ?? 0) + (failures[2] ?? 0));
});

test("has the format of Jenkins' xUnit plugin", () => {
  const odd = stormRun({
    status: "inconclusive",
    phasesMs: { baseline: 1234.5678, fault: 1e-9, recovery: 0 },
  });
  const broken = { suite: "second", name: "not run", message: "<it> was not run" };
  for (const xml of [
    junit(stormRun()),
    junit(odd),
    renderJunit({ verdict: odd.verdict, plan: odd.run.plan }, broken),
    renderJunit(broken),
  ])
    expect(problemsOfForm(xml)).toEqual([]);
  expect(problemsOfForm(junit(stormRun()).replace("<testcase ", '<testcase file="x" '))).toEqual([
    "testcase may not have file",
  ]);
  expect(
    problemsOfForm(
      junit(stormRun()).replace("</testcase>", "<properties></properties></testcase>"),
    ),
  ).toEqual(["properties in testcase"]);
});

test("an experiment that was not run is a suite with an error", () => {
  const xml = renderJunit({ suite: "second", name: "not run", message: "first did not hold" });
  expect(problemWith(xml)).toBeNull();
  expect(xml).toContain('<testsuite name="second" tests="1" failures="0" errors="1"');
  expect(caseNamed(xml, "not run")).toContain("first did not hold");
});
