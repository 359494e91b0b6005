/**
 * The hosts to which a run may send traffic: this machine, the networks that Seawall creates, and
 * those that the user allows.
 */
import { isIPv6 } from "node:net";
import { type Layout, usersSide } from "../../target/layout.ts";
import { isOurs } from "../../target/own-hosts.ts";

/** `allowed` contains names or addresses as written in the experiment. */
export function hostProblems(layout: Layout, allowed: readonly string[]): string[] {
  return layout.services.flatMap(({ name, at, container }) =>
    Object.values({ ...container?.published, ...at }).flatMap(({ host, port }) => {
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
 * k6 connects to the proxy under the service's own address, and can do so for names and IPv4
 * addresses.
 */
export function wayInProblems({ services, links }: Pick<Layout, "services" | "links">): string[] {
  return links.flatMap(({ from, to, port }) => {
    const { host } = services.find(({ name }) => name === to)?.at?.[port] ?? {};
    return from === usersSide && host !== undefined && isIPv6(host)
      ? [
          `the link from ${usersSide} to ${to} cannot pass through the proxy, as ${to} is at an ` +
            "IPv6 address: use a name for it, such as localhost",
        ]
      : [];
  });
}
