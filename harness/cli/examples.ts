/** One or more examples for each command, for `--help` and for the reference. Tests run them. */
export interface CommandExample {
  /** After `seawall`. */
  readonly line: string;
  readonly meaning: string;
}

const example = (line: string, meaning: string): CommandExample => ({ line, meaning });

export const commandExamples: Readonly<Record<string, readonly CommandExample[]>> = {
  run: [
    example("run origin-storm", "run and judge one experiment"),
    example("run ./my-storm.ts --substrate simulated", "a file of your own, in virtual time"),
  ],
  ablate: [
    example("ablate origin-storm", "with all defences, and without each one that it relies on"),
  ],
  "breaking-point": [
    example("breaking-point origin-storm --runs 4", "the audience at which the first claim fails"),
  ],
  gate: [example("gate --suite quick", "run, compare with --baseline, write JUnit and Markdown")],
  list: [example("list", "experiments, and the defences with a switch")],
  plan: [
    example("plan origin-storm", "timeline, faults with proof and undo, load, claims"),
    example("plan ./my-storm.ts", "all problems of a file of your own"),
  ],
  judge: [
    example("judge reports/origin-storm/RUN", "judge a recorded run again, with today's code"),
  ],
  report: [example("report reports/origin-storm/RUN", "write report.html and junit.xml again")],
  compare: [
    example("compare before/ after/", "what differs, by how much, and how sure that is"),
    example("compare A1 A2 A3 --baseline B1 B2 B3", "three runs a side"),
  ],
  index: [example("index", "reports/index.html: all runs, and how margins move")],
  export: [example("export RUN", "the samples as OpenTelemetry metrics")],
  capture: [
    example(
      "capture access.log --out evening.trace.zst",
      "an anonymous trace of logs, for a replay",
    ),
  ],
  compose: [example("compose", "the reference target as docker-compose.yml")],
  image: [example("image", "build the image for --substrate docker and `docker compose up`")],
  recover: [example("recover", "undo what a killed run left on this machine")],
  schema: [
    example("schema", "list the documents"),
    example("schema verdict", "the JSON Schema of one"),
  ],
  doctor: [example("doctor", "tools, and what works here; --install gets the missing ones")],
  gameday: [
    example("gameday examples/game-day/rehearsal.ts --plan", "the questions and steps of a day"),
  ],
  up: [example("up", "start the target alone, until Ctrl-C or `seawall down`")],
  down: [example("down", "stop it")],
};

export function examplesText(command: string): string {
  const all = commandExamples[command] ?? [];
  if (all.length === 0) return "";
  const width = Math.max(...all.map(({ line }) => line.length));
  const lines = all.map(({ line, meaning }) => `  seawall ${line.padEnd(width)}  # ${meaning}`);
  return `\n${all.length === 1 ? "Example" : "Examples"}:\n${lines.join("\n")}\n`;
}
