/**
 * Variables of the environment that no flag and no key of `seawall.config.ts` replaces: one list.
 * Each tool has a variable, too; its recipe names it.
 */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  /** What holds without it. */
  readonly fallback: string;
}

export const variables: readonly Variable[] = [
  {
    name: "SEAWALL_CACHE",
    meaning: "the cache folder: tools, media, and the undo ledger",
    fallback: "`$XDG_CACHE_HOME/seawall`, else `~/.cache/seawall`",
  },
  {
    name: "CHROMIUM",
    meaning: "the browser for real players",
    fallback: "the usual place, then `PATH`",
  },
  {
    name: "SEAWALL_WITHOUT",
    meaning: "defences that `docker compose up` switches off, separated by commas",
    fallback: "none",
  },
  {
    name: "SEAWALL_CONTROL_TOKEN",
    meaning: "the token of control ports under `docker compose up`",
    fallback: "drawn for each volume",
  },
  {
    name: "OTEL_EXPORTER_OTLP_HEADERS",
    meaning: "headers for the receiver of `run`, `gate` and `export`; the `…_METRICS_…` forms win",
    fallback: "none",
  },
  {
    name: "DOCKER_HOST",
    meaning: "the engine of the substrates docker and compose; `DOCKER_CONTEXT` names a context",
    fallback: "the engine of this machine; for compose, the current context of `docker`",
  },
  {
    name: "SEAWALL_MUST_TELL",
    meaning: "set to `1`, a real test of this repository fails where it cannot tell",
    fallback: "such a test is skipped",
  },
  { name: "NO_COLOR", meaning: "set to anything, output has no colour", fallback: "colour" },
];
