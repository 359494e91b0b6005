/**
 * Generates `docker-compose.yml`: the same services at the same kind of addresses, for use of the
 * target without the harness.
 */
import type { Layout, Service } from "../../target/layout.ts";
import { type Addresses, addressesOf, composeSlot } from "./addresses.ts";
import { dockerfile, latestImage, type Parts, projectLabel } from "./image/paths.ts";
import { memoryOf } from "./memory.ts";

export interface ComposeOptions {
  /** The module of the target, relative to the project. */
  readonly module: string;
  readonly topology: string;
  readonly layout: Layout;
  /** The Dockerfile's own defaults. */
  readonly parts: Parts;
}

/** The port of the first entry on 127.0.0.1; the others follow. */
const firstEntryPort = 18_000;

export function composeFile(options: ComposeOptions): string {
  const { layout, parts } = options;
  // Without faults, each link is a direct connection.
  const addresses = addressesOf({ ...layout, links: [] }, composeSlot);
  const published = new Map(
    layout.entries.map(({ service, port }, index) => [
      service,
      { port: firstEntryPort + index, to: addresses.listen(service, port).port },
    ]),
  );
  return `# Made by \`./seawall compose > docker-compose.yml\`; a test holds it equal to ${options.module}.
#
#   docker compose up        the whole target, without the harness and without faults; Ctrl-C ends it
#
${[...published].map(([service, { port }]) => `#   http://127.0.0.1:${port}/   ${service}\n`).join("")}#
# It builds the image from three public ones. Where no registry can be reached, \`./seawall image\` builds it first.
# SEAWALL_WITHOUT="collapsing,msTtl" switches defences off.
name: seawall

x-service: &service
  image: ${latestImage}
  build:
    context: .
    dockerfile: ${dockerfile}
    args:
${Object.entries(parts)
  .map(([name, image]) => `      ${name}: \${SEAWALL_BASE:-${image}}`)
  .join("\n")}
  init: true
  restart: "no"
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  environment:
    SEAWALL_WITHOUT: \${SEAWALL_WITHOUT:-}
    SEAWALL_CONTROL_TOKEN: \${SEAWALL_CONTROL_TOKEN:-}
  volumes: [media:/var/cache/seawall]
  labels: {${projectLabel}: compose}

services:
${layout.services.map((service) => serviceText(service, options, addresses, published.get(service.name))).join("\n")}
networks:
  target:
    labels: {${projectLabel}: compose}
    ipam:
      config: [{subnet: ${addresses.subnet}, gateway: ${addresses.gateway}}]

volumes:
  media:
    labels: {${projectLabel}: compose}
`;
}

/** Compose names must not contain a slash. */
export function composeName(service: string): string {
  return service.replaceAll("/", "-");
}

function serviceText(
  service: Service,
  { topology }: ComposeOptions,
  addresses: Addresses,
  published: { port: number; to: number } | undefined,
): string {
  const ready = addresses.listen(service.name, service.ready.port);
  return [
    `  ${composeName(service.name)}:`,
    "    <<: *service",
    `    command: [${topology}, ${service.name}]`,
    `    mem_limit: ${memoryOf(service) / 2 ** 20}m`,
    `    networks: {target: {ipv4_address: ${addresses.host(service.name)}}}`,
    ...(published === undefined
      ? []
      : [`    ports: ["127.0.0.1:${published.port}:${published.to}"]`]),
    ...(service.dependsOn.length === 0
      ? []
      : [
          "    depends_on:",
          ...service.dependsOn.map(
            (name) => `      ${composeName(name)}: {condition: service_healthy}`,
          ),
        ]),
    "    healthcheck:",
    `      test: [CMD, bash, -c, ${JSON.stringify(healthCheck(service, ready.host, ready.port))}]`,
    `      interval: 5s`,
    `      timeout: 3s`,
    `      retries: 3`,
    `      start_period: ${Math.ceil(service.readyWithinMs / 1000)}s`,
    "",
  ].join("\n");
}

/**
 * Bash opens connections itself; a check that started a program would cost more than the service.
 */
function healthCheck({ ready }: Service, host: string, port: number): string {
  const connect = `exec 3<>/dev/tcp/${host}/${port}`;
  return ready.kind === "tcp"
    ? connect
    : `${connect} && printf 'GET ${ready.path} HTTP/1.0\\r\\nHost: ${host}\\r\\n\\r\\n' >&3 ` +
        "&& read -r _ status _ <&3 && [ $$status = 200 ]";
}
