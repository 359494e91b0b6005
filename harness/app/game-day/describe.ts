/** Describes a planned step for the person who decides: what it does, to what, and for how long. */
import { phases } from "../../base/phases.ts";
import type { BlastRadius, Day, DayStep } from "../../game-day/day/day.ts";
import { type GameDay, usualRoles } from "../../game-day/day/game-day.ts";
import type { Plan } from "../../record/plan.ts";
import { struckBy } from "../../record/struck.ts";
import { isVirtual } from "../../record/substrates.ts";
import { describeFault, kindOf } from "../../faults/faults.ts";
import type { Context } from "../context.ts";
import { thisMachine } from "../assemble-run.ts";
import type { Ready } from "./load.ts";
import { rhythmMsOf } from "../../target/rhythm.ts";

export function describeDay(
  context: Context,
  given: GameDay,
  file: string,
  id: string,
  ready: readonly Ready[],
  answers: Day["answers"],
  seed: number,
): Day {
  return {
    format: "seawall-day/1",
    id,
    name: given.name,
    title: given.title,
    purpose: given.purpose,
    file,
    seed,
    answers,
    roles: given.roles ?? usualRoles,
    steps: ready.map((one) => describeStep(one, given.waitMsMax)),
    version: context.version,
    machine: thisMachine(),
  };
}

export function describeStep(
  { step, source, experiment, planned: { plan } }: Omit<Ready, "options">,
  waitMsMax: number,
): DayStep {
  return {
    experiment: plan.experiment,
    source,
    title: plan.title,
    story: plan.story,
    brief: step.brief ?? null,
    tier: plan.tier,
    target: plan.target,
    topology: plan.topology,
    substrate: plan.substrate,
    without: plan.without,
    expect: step.expect ?? "held",
    rhythmMs: rhythmMsOf(plan),
    classes: classesOf(plan),
    leadInMs: plan.leadInMs,
    phasesMs: plan.phasesMs,
    waitMsMax: step.waitMsMax ?? waitMsMax,
    // Virtual time does not wait for people.
    holdMsMax: isVirtual(plan.substrate) ? null : (step.hold?.waitMsMax ?? null),
    claims: [
      ...plan.hypothesis.map((claim) => claim.title),
      ...(plan.recovery === null ? [] : [plan.recovery.title]),
    ],
    faults: plan.steps.map(({ fault, atMs, forMs }) => ({
      label: describeFault(fault),
      atMs,
      forMs,
      proof: kindOf(fault).proof,
      undo: kindOf(fault).undo,
    })),
    blast: blastOf(plan, experiment.blastRadius.faultsAtOnceMax),
    rerun: plan.rerun,
  };
}

/** Classes of the harm metric have their own titles, and come first. */
function classesOf({ harm, trafficClasses = [] }: Plan): DayStep["classes"] {
  const titled = harm?.classes ?? [];
  const others = trafficClasses.filter((name) => titled.every(({ lane }) => lane !== name));
  return [...titled, ...others.map((lane) => ({ lane, title: capital(lane) }))];
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function blastOf(plan: Plan, faultsAtOnceMax: number): BlastRadius {
  const struck = plan.steps.map((_, step) => struckBy(plan, step));
  const services = [...new Set(struck.flatMap((one) => one.services))];
  const zoneOf = new Map(plan.services.map((service) => [service.name, service.zone]));
  const rate = (phase: (typeof phases)[number]): number =>
    plan.load.reduce((sum, load) => sum + load.ratePerSecond[phase], 0);
  return {
    services,
    servicesInAll: plan.services.length,
    links: [...new Set(struck.flatMap((one) => one.links))],
    zones: [...new Set(services.flatMap((name) => zoneOf.get(name) ?? []))],
    zonesInAll: new Set(zoneOf.values()).size,
    faultsAtOnceMax,
    loadTimes: rate("baseline") > 0 ? Math.max(...phases.map(rate)) / rate("baseline") : 1,
  };
}
