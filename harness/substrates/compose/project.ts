/** The containers of a compose project, by the labels that compose gives them. */
import type Docker from "dockerode";
import { SeawallError } from "../../base/errors.ts";
import { unknownName } from "../../base/nearest.ts";
import type { ComposeContainer, Layout, Link } from "../../target/layout.ts";
import { linkName } from "../../target/where.ts";
import { engineError } from "../docker/engine.ts";

const label = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  number: "com.docker.compose.container-number",
  oneOff: "com.docker.compose.oneoff",
} as const;

/** A filter for lists and events of the engine. */
export function ofProject(project: string): string[] {
  return [`${label.project}=${project}`];
}

export interface Found {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly number: number;
  /** `running`, `exited`, `paused`. */
  readonly state: string;
  /** The ids of its networks. */
  readonly networks: readonly string[];
}

/** Containers of `docker compose run` belong to the project, but to none of its services. */
export async function containersOf(docker: Docker, project: string): Promise<readonly Found[]> {
  const all = await docker
    .listContainers({ all: true, filters: { label: ofProject(project) } })
    .catch((error: unknown) => {
      throw engineError(error, `list the containers of the project ${project}`);
    });
  return all
    .filter(({ Labels }) => Labels[label.oneOff] !== "True")
    .map(({ Id, Names, Labels, State, NetworkSettings }) => ({
      id: Id,
      name: Names[0]?.slice(1) ?? "",
      service: Labels[label.service] ?? "",
      number: Number(Labels[label.number] ?? 1),
      state: State,
      networks: Object.values(NetworkSettings.Networks).map(({ NetworkID }) => NetworkID),
    }))
    .sort((one, other) => one.number - other.number);
}

/** What of the layout this project cannot provide now, one line each. */
export function projectProblems(found: readonly Found[], layout: Layout): string[] {
  const { project = "", services, links } = layout;
  const problems: string[] = [];
  const containers = new Map<string, Found>();
  for (const { name, container } of services) {
    if (container === undefined) continue;
    try {
      const one = containerIn(found, project, container);
      containers.set(name, one);
      if (one.state !== "running")
        problems.push(`the container of ${name} is ${one.state}, and it must run before the run`);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  for (const link of links) {
    const [from, to] = [containers.get(link.from), containers.get(link.to)];
    if (from === undefined || to === undefined) continue;
    const shared = from.networks.filter((id) => to.networks.includes(id)).length;
    if (shared !== 1) problems.push(sharingProblem(link, shared));
  }
  return [...new Set(problems)];
}

export function sharingProblem(link: Link, shared: number): string {
  return (
    `the link ${linkName(link)} cannot be struck: its ends share ${shared} networks, and the ` +
    "proxy must take the name on exactly one"
  );
}

/** The nth replica of a service; numbers may have gaps after a scale-down. */
export function containerIn(
  found: readonly Found[],
  project: string,
  { service, number }: ComposeContainer,
): Found {
  const replicas = found.filter((one) => one.service === service);
  const replica = replicas[number - 1];
  if (replica !== undefined) return replica;
  const known = [...new Set(found.map((one) => one.service))];
  throw new SeawallError(
    "SERVICE_FAILED",
    found.length === 0
      ? `the compose project "${project}" has no container on this engine`
      : replicas.length === 0
        ? `the compose project "${project}": ${unknownName("service", service, known)}`
        : `${service} has ${replicas.length} containers, and the target describes ${number}`,
    { hint: "`docker compose ls` shows the projects, `docker compose ps` their services." },
  );
}
