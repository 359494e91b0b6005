/**
 * A small compose project without compose: containers and a network with the labels that compose
 * gives them, which are all that Seawall looks at. Compose itself is a client of the same engine.
 */
import type Docker from "dockerode";
import { connectEngine } from "../../../harness/substrates/docker/engine.ts";
import { imageOf } from "./images.ts";

export interface ServiceInProject {
  /** Runs in Node, in an image that holds nothing else; or an image and a command. */
  readonly script?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly binds?: readonly string[];
  /** By port of the container, the port on 127.0.0.1. */
  readonly published?: Readonly<Record<number, number>>;
  readonly restart?: string;
  /** Its time to stop; 10 s by default, as with compose. */
  readonly stopSeconds?: number;
  readonly replicas?: number;
}

export interface Project extends AsyncDisposable {
  readonly docker: Docker;
  readonly name: string;
  /** `SERVICE-NUMBER`. */
  id(container: string): string;
}

let made = 0;

const subnets = 50;

/** On the first subnet that no project of another test has. */
async function networkIn(
  docker: Docker,
  options: Omit<Docker.NetworkCreateOptions, "IPAM">,
): Promise<Docker.Network> {
  for (let tries = 0; ; tries++) {
    const third = 200 + ((process.pid + made + tries) % subnets);
    const IPAM = { Driver: "default", Config: [{ Subnet: `198.19.${third}.0/24` }] };
    try {
      return await docker.createNetwork({ ...options, IPAM });
    } catch (error) {
      if (tries === subnets || !/overlaps/.test((error as Error).message)) throw error;
    }
  }
}

export async function startProject(
  services: Readonly<Record<string, ServiceInProject>>,
): Promise<Project> {
  const docker = await connectEngine(process.env);
  const name = `seawalltest${process.pid}x${++made}`;
  const image = await imageOf(docker, "seawall-test-node:1", { "/node": process.execPath });
  const of = (more: Record<string, string>) => ({
    "com.docker.compose.project": name,
    ...more,
  });
  const network = await networkIn(docker, {
    Name: `${name}_default`,
    Driver: "bridge",
    Labels: of({ "com.docker.compose.network": "default" }),
  });
  const ids = new Map<string, string>();
  const remove = async (): Promise<void> => {
    for (const id of ids.values()) await docker.getContainer(id).remove({ force: true, v: true });
    await network.remove();
  };
  try {
    for (const [service, described] of Object.entries(services)) {
      const { restart = "no", replicas = 1, binds = [], published = {}, script } = described;
      const ports = Object.entries(published).map(([inside, outside]) => [
        `${inside}/tcp`,
        [{ HostIp: "127.0.0.1", HostPort: String(outside) }],
      ]);
      for (let number = 1; number <= replicas; number++) {
        const container = await docker.createContainer({
          name: `${name}-${service}-${number}`,
          Image: described.image ?? image,
          Entrypoint:
            script === undefined ? [...(described.command ?? [])] : ["/node", "-e", script],
          ...(described.stopSeconds === undefined ? {} : { StopTimeout: described.stopSeconds }),
          ExposedPorts: Object.fromEntries(ports.map(([port]) => [port, {}])),
          Labels: of({
            "com.docker.compose.service": service,
            "com.docker.compose.container-number": String(number),
            "com.docker.compose.oneoff": "False",
          }),
          HostConfig: {
            RestartPolicy: { Name: restart },
            NetworkMode: `${name}_default`,
            Binds: [...binds],
            PortBindings: Object.fromEntries(ports),
          },
          NetworkingConfig: {
            EndpointsConfig: {
              [`${name}_default`]: { Aliases: [`${name}-${service}-${number}`, service] },
            },
          },
        });
        ids.set(`${service}-${number}`, container.id);
        await container.start();
      }
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    docker,
    name,
    id: (container) => ids.get(container) ?? "",
    [Symbol.asyncDispose]: remove,
  };
}
