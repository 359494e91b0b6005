#!/usr/bin/env node
/**
 * `npm create seawall`: asks what is tested, and writes all that a first verdict needs. With flags
 * it asks nothing.
 */
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cancel, intro, isCancel, note, outro, select, text } from "@clack/prompts";
import type { Answers, Kind } from "./kind.ts";
import { type KindName, kindNames, kinds } from "./kinds.ts";
import { hereOf, Refused, write } from "./write.ts";

const help = `npm create seawall [FOLDER] [-- FLAGS]

  --kind NAME        what is tested: ${kindNames.join(", ")}
  --address URL      where users go in
  --compose FILE     the compose file that brings it up
  --namespace NAME   the namespace of Kubernetes
  --yes              ask nothing: the reference backend, and the usual answers
  --seawall SPEC     the version of seawall, or a tarball of it
  --help
`;

const usage = 64;
const interrupted = 130;

const ownVersion = (): string =>
  (
    JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8")) as {
      version: string;
    }
  ).version;

interface Flags {
  readonly kind?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly seawall?: string | undefined;
  readonly help?: boolean | undefined;
  readonly [question: string]: string | boolean | undefined;
}

function argumentsOf(args: readonly string[]): { folder: string; flags: Flags } {
  const string = { type: "string" } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        kind: string,
        address: string,
        compose: string,
        namespace: string,
        seawall: string,
        yes: { type: "boolean", short: "y" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (positionals.length > 1)
      throw new Refused(`one folder at a time, not ${positionals.length}`);
    return { folder: resolve(positionals[0] ?? "."), flags: values };
  } catch (error) {
    throw new Refused((error as Error).message);
  }
}

/** Who gave a flag, or has no terminal, is not asked. */
const isAsked = ({ yes, kind }: Flags): boolean =>
  yes !== true && kind === undefined && process.stdin.isTTY === true;

async function kindOf(flags: Flags): Promise<KindName> {
  if (isAsked(flags)) {
    const options = kindNames.map((value) => ({ value, label: kinds[value].title }));
    return orLeave(await select({ message: "What is tested?", options }));
  }
  const kind = flags.kind ?? (flags.yes === true ? "reference" : undefined);
  if (kind === undefined)
    throw new Refused("there is no terminal to ask on: give --kind, or --yes for the reference");
  if (!(kindNames as string[]).includes(kind))
    throw new Refused(`unknown kind "${kind}"; known: ${kindNames.join(", ")}`);
  return kind as KindName;
}

async function answersTo({ questions }: Kind, flags: Flags): Promise<Answers> {
  const answers: Record<string, string> = {};
  for (const { name, asks, usually, problem } of questions) {
    const given = flags[name];
    const answer =
      typeof given === "string"
        ? given
        : isAsked(flags)
          ? orLeave(
              await text({
                message: asks,
                placeholder: usually,
                defaultValue: usually,
                validate: (value) => (value ? (problem(value) ?? undefined) : undefined),
              }),
            )
          : usually;
    const why = problem(answer);
    if (why !== null) throw new Refused(`--${name} ${answer}: ${why}`);
    answers[name] = answer;
  }
  return answers;
}

function orLeave<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel("Nothing was written.");
  process.exit(interrupted);
}

async function create(args: readonly string[]): Promise<void> {
  const { folder, flags } = argumentsOf(args);
  if (flags.help === true) return void process.stdout.write(help);
  const asked = isAsked(flags);
  if (asked) intro("Seawall");
  const kind = await kindOf(flags);
  const chosen: Kind = kinds[kind];
  const answers = await answersTo(chosen, flags);
  const about = chosen.note?.(answers, hereOf({ folder }));
  const written = write({ folder, kind, answers, seawall: flags.seawall ?? `^${ownVersion()}` });
  const there = relative(process.cwd(), folder);
  const next = [...(there === "" ? [] : [`cd ${there}`]), "npm install", chosen.first].join("\n");
  if (asked) {
    note(written.join("\n"), "Written");
    if (about !== undefined) note(about);
    note(next, "To the first verdict");
    outro("storms/README.md says what is where.");
    return;
  }
  process.stdout.write(
    `${written.map((path) => `wrote ${path}\n`).join("")}` +
      `${about === undefined ? "" : `note  ${about}\n`}\nNext:\n\n${next}\n`,
  );
}

try {
  await create(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  process.stderr.write(`create-seawall: ${error.message}\n`);
  process.exitCode = usage;
}
