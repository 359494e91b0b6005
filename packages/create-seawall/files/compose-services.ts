/** The services of a compose file whose port it tells. */
import { parse } from "yaml";

export interface ComposeService {
  /** As Seawall calls it. */
  readonly name: string;
  /** As the file calls it. */
  readonly service: string;
  /** In its container. */
  readonly port: number;
  /** On this machine; null where the file says none. */
  readonly published: number | null;
  readonly replicas: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Null for a text that is no compose file. */
export function servicesIn(text: string): readonly ComposeService[] | null {
  let file: unknown;
  try {
    // As compose does: `<<` merges what it names.
    file = parse(text, { merge: true });
  } catch {
    return null;
  }
  if (!isFields(file) || !isFields(file["services"])) return null;
  const found = Object.entries(file["services"]).flatMap(([service, one]) => {
    // With a profile, compose starts it only when asked.
    if (!isFields(one) || one["profiles"] !== undefined) return [];
    const ports = [...listOf(one["ports"]), ...listOf(one["expose"])].flatMap(portOf);
    const first = ports.find(({ published }) => published !== null) ?? ports[0];
    return first === undefined
      ? []
      : [{ name: nameFor(service), service, ...first, replicas: replicasOf(one) }];
  });
  return found.filter(({ name }, index) => found.findIndex((one) => one.name === name) === index);
}

/** The service that publishes this address's port; null if none does. */
export function entryAt(
  services: readonly ComposeService[],
  origin: string,
): ComposeService | null {
  const { port, protocol } = new URL(origin);
  const number = Number(port || (protocol === "https:" ? 443 : 80));
  return services.find(({ published, replicas }) => published === number && replicas === 1) ?? null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** `8080:80`, `127.0.0.1:8080:80/tcp`, `80`, or an object. Ranges and UDP are left out. */
function portOf(one: unknown): { port: number; published: number | null }[] {
  if (isFields(one))
    return one["protocol"] === "udp" ? [] : numbered(one["target"], one["published"] ?? null);
  const text = filled(String(one));
  if (text.endsWith("/udp")) return [];
  const parts = text.replace(/\/tcp$/, "").split(/:(?![^[]*\])/);
  return numbered(parts.at(-1), parts.length > 1 ? parts.at(-2) : null);
}

function numbered(
  target: unknown,
  published: unknown,
): { port: number; published: number | null }[] {
  const port = portNumber(target);
  if (port === null) return [];
  return [{ port, published: portNumber(published) }];
}

function portNumber(value: unknown): number | null {
  const text = filled(String(value));
  const number = Number(text);
  return /^\d+$/.test(text) && number > 0 && number < 65_536 ? number : null;
}

/** Variables have the value that the file gives them where nothing else does. */
function filled(text: string): string {
  return text.replaceAll(/\$\{\w+:?-([^}]*)\}/g, (_whole, usual: string) => usual);
}

function replicasOf(one: Fields): number {
  const { scale, deploy } = one;
  const count = scale ?? (isFields(deploy) ? deploy["replicas"] : undefined);
  return typeof count === "number" && Number.isInteger(count) && count > 1
    ? Math.min(count, 50)
    : 1;
}

/** Lower-case words joined by hyphens. "users" is where the load comes from. */
function nameFor(service: string): string {
  const name = (service.toLowerCase().match(/[a-z0-9]+/g) ?? ["service"]).join("-");
  return name === "users" ? "users-service" : name;
}
