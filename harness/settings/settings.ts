/**
 * What a user sets once instead of with each command: one list. The resolver and the reference
 * (`docs/reference/configuration.md`) follow from it.
 */
import { z } from "zod";

interface Described {
  /** The key in `seawall.config.ts`; null where only a command or an environment can say it. */
  readonly key: string | null;
  readonly env: string | null;
  readonly flag: string | null;
  readonly meaning: string;
  /** A value, as the reference shows it. */
  readonly example: string | readonly string[];
}

export interface TextSetting extends Described {
  readonly kind: "text" | "path";
  readonly fallback: string | null;
}

/** In the environment, its parts are separated by commas. */
export interface ListSetting extends Described {
  readonly kind: "list";
  readonly fallback: readonly string[];
}

export const settings = {
  experiments: {
    key: "experiments",
    env: null,
    flag: null,
    kind: "list",
    fallback: [],
    example: ["loadtest/*.ts"],
    meaning:
      "files of experiments, which then go by their names; `*` stands for any part of a name",
  },
  reports: {
    key: "reports",
    env: "SEAWALL_REPORTS",
    flag: "--out",
    kind: "path",
    fallback: "reports",
    example: "reports",
    meaning: "the folder of runs",
  },
  substrate: {
    key: "substrate",
    env: "SEAWALL_SUBSTRATE",
    flag: "--substrate",
    kind: "text",
    fallback: "auto",
    example: "process",
    meaning: "where the target runs",
  },
  allowHosts: {
    key: "allowHosts",
    env: "SEAWALL_ALLOW_HOSTS",
    flag: "--allow-host",
    kind: "list",
    fallback: [],
    example: ["staging.example"],
    meaning: "hosts besides this machine that load and faults may reach",
  },
  allowContexts: {
    key: "allowContexts",
    env: "SEAWALL_ALLOW_CONTEXTS",
    flag: null,
    kind: "list",
    fallback: [],
    example: ["staging"],
    meaning: "docker contexts and engines besides this machine's that faults may reach",
  },
  baseline: {
    key: "baseline",
    env: "SEAWALL_BASELINE",
    flag: "--baseline",
    kind: "text",
    fallback: null,
    example: "origin/main",
    meaning: "what `gate` compares with: a folder of runs, or a git ref",
  },
  label: {
    key: null,
    env: "SEAWALL_LABEL",
    flag: "--label",
    kind: "text",
    fallback: null,
    example: "cache off",
    meaning: "what a run is called in reports, in the index and in comparisons",
  },
  otlp: {
    key: "telemetry.otlp",
    env: "OTEL_EXPORTER_OTLP_ENDPOINT",
    flag: "--otlp",
    kind: "text",
    fallback: null,
    example: "http://127.0.0.1:4318",
    meaning:
      "the receiver to which `run` and `gate` send samples as they come, and `export` recorded " +
      "ones",
  },
  webhook: {
    key: "notifications.webhook",
    env: "SEAWALL_WEBHOOK",
    flag: "--webhook",
    kind: "text",
    fallback: null,
    example: "https://hooks.example/T0/B0",
    meaning: "the address that hears of a verdict that differs from the one before",
  },
} as const satisfies Readonly<Record<string, TextSetting | ListSetting>>;

export type SettingName = keyof typeof settings;
export type SettingValue<Name extends SettingName> = (typeof settings)[Name] extends ListSetting
  ? readonly string[]
  : (typeof settings)[Name] extends { readonly fallback: string }
    ? string
    : string | null;

const text = z.string("must be a text").min(1, "must not be empty");
const list = z.array(text, "must be a list of texts");

/** What `seawall.config.ts` can say. A command's flag and the environment win over it. */
export interface Config {
  /** Files of experiments, which then go by their names: `["loadtest/*.ts"]`. */
  readonly experiments?: readonly string[] | undefined;
  /** The folder of runs; `reports`. */
  readonly reports?: string | undefined;
  /** Where the target runs; `auto`. */
  readonly substrate?: string | undefined;
  /** Hosts besides this machine that load and faults may reach. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Docker contexts, and addresses of engines, besides this machine's, that faults may reach. */
  readonly allowContexts?: readonly string[] | undefined;
  /** What `gate` compares with: a folder of runs, or a git ref such as `origin/main`. */
  readonly baseline?: string | undefined;
  readonly telemetry?:
    | {
        /** The receiver to which `export` sends samples: `http://127.0.0.1:4318`. */
        readonly otlp?: string | undefined;
      }
    | undefined;
  readonly notifications?:
    | {
        /** The address that hears of a verdict that differs from the one before. */
        readonly webhook?: string | undefined;
      }
    | undefined;
}

/** The shape of `seawall.config.ts`. */
export const configShape = z.strictObject({
  experiments: list.optional(),
  reports: text.optional(),
  substrate: text.optional(),
  allowHosts: list.optional(),
  allowContexts: list.optional(),
  baseline: text.optional(),
  telemetry: z.strictObject({ otlp: text.optional() }).optional(),
  notifications: z.strictObject({ webhook: text.optional() }).optional(),
}) satisfies z.ZodType<Config>;

/** Gives `seawall.config.ts` its type: `export default defineConfig({ … })`. */
export function defineConfig(config: Config): Config {
  return config;
}
