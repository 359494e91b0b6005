/** Converts older records to the current format; `base/renamed.ts` lists the names of both. */
import type { RunEvent } from "../record/events.ts";
import type { Pack } from "../target/pack.ts";
import { packNamed, packs } from "../target/packs.ts";
import { usersSide } from "../target/layout.ts";
import { renamed as todays } from "../base/renamed.ts";
import { entryTag, type Tags } from "../metrics/tags.ts";
import { rhythmMsOf } from "../target/rhythm.ts";

/** Names in plans of this format that differ from today's. */
export const olderPlanFormat = "seawall-plan/1";

type Json = Readonly<Record<string, unknown>>;

const fields: Readonly<Record<string, string>> = {
  edges: todays.edges,
  stream: todays.stream,
};
/** The places in a plan that contain tags. */
const withTags = [
  "hypothesis",
  "recovery",
  "abortWhen",
  "charts",
  "telemetry",
  "wishes",
  "metrics",
];
/** The places that contain the ends of links. */
const withEnds = ["links", "steps", "struck"];
/** Lists of tags, by their parent. */
const tagLists = ["tags", "drawn", "decided", "entries"];
const [entryBefore, userBefore, usersBefore] = ["edge", "viewer", "viewers"];

/** For a sample: a series of a service keeps the labels that the service gave. */
export function renewedTags(tags: Tags): Tags {
  return tags["service"] === undefined ? (withUsers(renewed(tags, "where", [])) as Tags) : tags;
}

/** An event repeats the fault as it is in the plan. */
export function renewedEvent(event: RunEvent): RunEvent {
  return "fault" in event
    ? ({ ...event, fault: withUsers(event.fault) } as unknown as RunEvent)
    : event;
}

/** Converts a plan of the older format. It is not validated here; that follows. */
export function renewedPlan({ gateways, ...older }: Json): Json {
  const exposed = Object.entries(isObject(older["metrics"]) ? older["metrics"] : {}).flatMap(
    ([name, metric]) => (isObject(metric) && metric["source"] === "service" ? [name] : []),
  );
  const plan = Object.fromEntries(
    Object.entries(older).map(([key, value]) => [
      fields[key] ?? key,
      withTags.includes(key)
        ? renewed(value, key, exposed)
        : withEnds.includes(key)
          ? withUsers(value)
          : value,
    ]),
  );
  return completed({
    ...(gateways === undefined ? {} : { otherEntries: { gateways } }),
    ...plan,
    format: "seawall-plan/2",
  });
}

/** The target's pack supplies what such a plan lacks; some plans did not even name the pack. */
function completed(plan: Json): Json {
  const { pack } = plan;
  const named = typeof pack === "string" ? packNamed(pack) : undefined;
  const asked: readonly Pack[] = pack === undefined ? packs() : named === undefined ? [] : [named];
  for (const one of asked) {
    const whole = one.older?.(plan) ?? null;
    if (whole !== null) return { pack: one.name, ...whole };
  }
  return { metrics: {}, ...plan };
}

function renewed(value: unknown, key: string, exposed: readonly string[]): unknown {
  if (Array.isArray(value))
    return value.map((one) =>
      one === entryBefore && tagLists.includes(key)
        ? entryTag
        : one === userBefore && key === "by"
          ? "user"
          : renewed(one, key, exposed),
    );
  if (value === entryBefore && key === "by") return entryTag;
  if (value === userBefore && key === "by") return "user";
  if (!isObject(value) || exposed.includes(String(value["metric"] ?? ""))) return value;
  if (key === "metrics")
    return Object.fromEntries(
      Object.entries(value).map(([name, metric]) => [
        name,
        exposed.includes(name) ? metric : renewed(metric, name, exposed),
      ]),
    );
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) =>
      name === "readBack" && inner === true
        ? ["layout", [name]]
        : [name === entryBefore ? entryTag : name, renewed(inner, name, exposed)],
    ),
  );
}

/** `viewers>front:http`, or a link, or a selector of links that begins at the users. */
function withUsers(value: unknown): unknown {
  if (typeof value === "string")
    return value.startsWith(`${usersBefore}>`)
      ? `${usersSide}${value.slice(usersBefore.length)}`
      : value;
  if (Array.isArray(value)) return value.map(withUsers);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      inner === usersBefore && ["from", "service"].includes(name) ? usersSide : withUsers(inner),
    ]),
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** For a game day: older ones name the rhythm differently, and list no classes. */
export function renewedStep({
  segmentMs,
  ...now
}: {
  readonly rhythmMs?: number;
  readonly segmentMs?: number;
}): object {
  return { classes: [], ...now, rhythmMs: now.rhythmMs ?? segmentMs ?? rhythmMsOf({}) };
}
