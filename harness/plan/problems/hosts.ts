/**
 * Which machines may be hit at all: this one, the networks that Seawall makes, and those that the
 * user lists.
 */
import { isIPv4 } from "node:net";
import type { Layout } from "../../target/layout.ts";

/** `allowed` holds names or addresses as they are written in the experiment. */
export function hostProblems(layout: Layout, allowed: readonly string[]): string[] {
  return layout.services.flatMap(({ name, at }) =>
    Object.values(at ?? {}).flatMap(({ host, port }) => {
      // No name and no IPv4 address holds a colon.
      if (host.includes(":"))
        return [`${name} at ${host}: only IPv4 addresses and names are allowed`];
      if (port < 1 || port > 65_535) return [`${name}: there is no port ${port}`];
      return isOurs(host) || allowed.includes(host)
        ? []
        : [
            `${name} is at ${host}, which is not this machine; load and faults need ` +
              `--allow-host ${host}`,
          ];
    }),
  );
}

/**
 * Loopback (RFC 1122), and the range for benchmarks in which Docker networks are made (RFC 2544).
 */
function isOurs(host: string): boolean {
  if (host === "localhost") return true;
  return isIPv4(host) && (/^127\./.test(host) || /^198\.1[89]\./.test(host));
}
