import { expect, it } from "vitest";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import { planDocument } from "../documents/plan.ts";
import type { Plan } from "../record/plan.ts";
import type { RunEvent } from "../record/events.ts";
import {
  olderPlanFormat,
  renewedEvent,
  renewedPlan,
  renewedStep,
  renewedTags,
} from "./older-records.ts";

const slow = {
  kind: "latency",
  links: { from: { service: "users" }, to: { kind: "edge" } },
  delayMs: 50,
  jitterMs: 0,
} as const;

/** With the former name of each renamed thing. */
const today: Plan = {
  ...heldPlan(),
  entries: ["edge"],
  otherEntries: { gateways: ["region-a/gateway"] },
  links: [
    { from: "users", to: "edge", port: "http" },
    { from: "edge", to: "viewers-of-old", port: "http" },
  ],
  steps: [{ atMs: 0, forMs: 1_000, fault: slow }],
  struck: [
    {
      services: ["edge"],
      links: ["users>edge:http"],
      lasts: true,
      severs: false,
      silences: false,
      use: [
        { service: "edge", links: ["users>edge:http"], isEntry: true, counters: [], bytes: true },
      ],
    },
  ],
  hypothesis: [
    {
      title: "edge",
      metric: "segment_ms",
      statistic: "share",
      where: { entry: "edge", home: "edge" },
      having: { entry: "edge" },
      comparison: ">=",
      limit: 0.5,
      during: ["fault"],
      samplesMin: 1,
    },
    {
      title: "sessions",
      metric: "gateway_assignments_total",
      statistic: "sum",
      where: { edge: "edge" },
      comparison: ">=",
      limit: 1,
      during: ["fault"],
      samplesMin: 1,
    },
  ],
};

/** The same plan in the terms of the older format. */
function before({ entries, content, otherEntries, ...plan }: Plan): Record<string, unknown> {
  const text = JSON.stringify({ ...plan, entries: undefined, format: olderPlanFormat });
  return {
    ...JSON.parse(
      text
        .replaceAll('"entry"', '"edge"')
        .replaceAll('"user"', '"viewer"')
        .replaceAll('"users"', '"viewers"')
        .replaceAll('"users>', '"viewers>')
        .replaceAll('"layout":["readBack"]', '"readBack":true')
        .replaceAll(/"accounts":\{.*?\}(?:\},|,)(?="tags")/g, ""),
    ),
    edges: entries,
    gateways: otherEntries?.["gateways"],
    stream: content,
  };
}

it("renews each name of a plan, and nothing else", () => {
  const older = before(today);
  expect(JSON.stringify(older)).not.toContain('"accounts"');
  const renewed = renewedPlan(older);
  expect(planDocument.safeParse(renewed).error).toBeUndefined();
  expect(renewed).toMatchObject(JSON.parse(JSON.stringify(today)) as object);
});

it("renews tags of samples, but no labels that a service gave itself", () => {
  expect(renewedTags({ edge: "edge", by: "viewer", lane: "live" })).toEqual({
    entry: "edge",
    by: "user",
    lane: "live",
  });
  expect(renewedTags({ link: "viewers>edge:http" })).toEqual({ link: "users>edge:http" });
  const own = { service: "region-a/gateway", edge: "region-a/edge" };
  expect(renewedTags(own)).toBe(own);
});

it("renews the fault of an event as that of its step", () => {
  const event = {
    kind: "injecting",
    step: 0,
    atMs: 1,
    fault: { ...slow, links: { ...slow.links, from: { service: "viewers" } } },
  } as RunEvent;
  expect(renewedEvent(event)).toEqual({ kind: "injecting", step: 0, atMs: 1, fault: slow });
});

it("renews the step of a game day", () => {
  expect(renewedStep({ segmentMs: 2_000 })).toEqual({ classes: [], rhythmMs: 2_000 });
});
