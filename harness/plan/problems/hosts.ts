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
 * addresses. For an IPv6 address it takes a name (`load/scenarios.ts`), which no certificate has.
 */
export function wayInProblems({ services, links }: Pick<Layout, "services" | "links">): string[] {
  return links.flatMap(({ from, to, port }) => {
    const service = services.find(({ name }) => name === to);
    const { host } = service?.at?.[port] ?? {};
    const isTls = service?.access?.[port]?.tls !== undefined;
    return from === usersSide && host !== undefined && isIPv6(host) && isTls
      ? [
          `the link from ${usersSide} to ${to} cannot pass through the proxy, as ${to} speaks ` +
            "https at an IPv6 address: use a name for it, such as localhost",
        ]
      : [];
  });
}
