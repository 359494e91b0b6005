/** Turns the judge's findings into sentences. No other module words a finding or a verdict. */
import type { ClaimFacts, Fact } from "../record/facts.ts";
import type { Finding, Judged, Status } from "../record/verdict.ts";
import { claim, recovery } from "./claims.ts";
import { evidence } from "./evidence.ts";
import { formatViolation } from "./format.ts";
import type { Phrase } from "./phrase.ts";

type Phrases = Readonly<Record<string, Phrase<Fact>>>;

type ClaimFact = keyof ClaimFacts;

/** The text of a rule of evidence that found no problem and has nothing to add. */
const nothingWrong = "no problem found";

export function worded(judged: Judged): Finding {
  const { title, phrases } = entryOf(judged);
  const clauses = judged.values.map((fact) => clause(phrases, fact));
  return { ...judged, title, why: clauses.length === 0 ? nothingWrong : clauses.join("; ") };
}

/**
 * The types of rules and phrases guarantee an entry per id; the compiler cannot infer that from the
 * id alone.
 */
function entryOf({ kind, id, title }: Judged): {
  readonly title: string;
  readonly phrases: Phrases;
} {
  if (kind === "claim") return { title: title ?? id, phrases: claim as unknown as Phrases };
  if (kind === "recovery") return { title: title ?? id, phrases: recovery as unknown as Phrases };
  const rules = evidence as Readonly<
    Record<string, { readonly title: string; readonly facts: unknown }>
  >;
  const rule = rules[id];
  if (rule === undefined) throw new Error(`no phrase for the rule ${JSON.stringify(id)}`);
  return { title: rule.title, phrases: rule.facts as Phrases };
}

function clause(phrases: Phrases, fact: Fact): string {
  const phrase = phrases[fact.fact];
  if (phrase === undefined) throw new Error(`no phrase for the fact ${JSON.stringify(fact.fact)}`);
  return typeof phrase === "string" ? phrase : phrase(fact);
}

/** What the verdict's sentence depends on, beyond its findings. */
export interface Circumstances {
  readonly status: Status;
  readonly findings: readonly Finding[];
  /** Whether the plan injects faults. */
  readonly breaks: boolean;
  /** The reason of the abort; null for a run that was not aborted. */
  readonly aborted: string | null;
  /** Whether the claim was already beyond its limit in the baseline. */
  readonly failedBefore: (finding: Finding) => boolean;
}

/** The findings that decided; one of the fault phase comes first. */
export function decisiveOf({
  status,
  findings,
}: Pick<Circumstances, "status" | "findings">): readonly Finding[] {
  const own = findings.filter((finding) => finding.status === status);
  const first = own.find(({ phase }) => phase === "fault") ?? own[0];
  return first === undefined ? [] : [first, ...own.filter((one) => one !== first)];
}

export function verdictSentence(all: Circumstances): string {
  const { status, findings, breaks, aborted } = all;
  if (status === "held") {
    const asked = findings.filter(({ kind }) => kind !== "evidence").length;
    return (
      `All ${asked} findings about the target held; ` +
      `${breaks ? "every fault is shown to have landed" : "the plan has no fault"}.`
    );
  }
  // The abort is the reason why the verdict is open; phases that did not run are its consequences.
  if (status === "inconclusive" && aborted !== null)
    return `The run was aborted: ${aborted}${aborted.endsWith(".") ? "" : "."}`;
  const decisive = decisiveOf(all);
  const [first] = decisive;
  if (first === undefined) return "The experiment claims nothing.";
  const others = decisive.length - 1;
  const more =
    others === 0
      ? ""
      : ` ${others} more ${others === 1 ? "finding is" : "findings are"} ${status}.`;
  return status === "refuted"
    ? `${violated(first, all.failedBefore(first))}${more}${doubt(findings)}`
    : `Not shown${inPhase(first)}: "${first.title}": ${first.why}.${more}`;
}

/** Why a claim ends a run before its phase is over. */
export function brokenSoFar(
  claim: Pick<Finding, "title" | "unit" | "observed" | "limit" | "comparison">,
): string {
  return `"${claim.title}" does not hold: ${formatViolation(claim)}`;
}

function violated(finding: Finding, before: boolean): string {
  const figures = formatViolation(finding);
  // The figures alone show that the claim is beyond its limit.
  const isPlain = finding.values.every(({ fact }) => fact === ("beyond-limit" satisfies ClaimFact));
  const why = figures === "" ? finding.why : isPlain ? figures : `${figures}; ${finding.why}`;
  const also = before ? "; also violated in the baseline" : "";
  return `Violated${inPhase(finding)}: "${finding.title}": ${why}${also}.`;
}

function doubt(findings: readonly Finding[]): string {
  const open = findings
    .filter(({ kind, status }) => kind === "evidence" && status === "inconclusive")
    .map(({ title }) => `"${title}"`);
  if (open.length === 0) return "";
  return (
    ` Warning: ${open.length === 1 ? "an evidence check" : "evidence checks"} failed: ` +
    `${open.join(", ")}.`
  );
}

function inPhase({ phase }: Finding): string {
  return phase === null ? "" : ` in phase ${phase}`;
}
