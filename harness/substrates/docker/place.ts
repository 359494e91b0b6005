/** A {@link Place} inside a container: what a service may know of where it stands, and where the image keeps the tools. */
import type { Endpoint, Launch, Place, Service } from "../../target/layout.ts";
import type { ToolName } from "../../target/tools.ts";
import { proxyService } from "../proxy/service.ts";
import type { Addresses } from "./addresses.ts";
import { inImage } from "./image/paths.ts";

type PlacedTool = ReturnType<Place["tool"]>;

const at = (executable: string, args: readonly string[] = []): PlacedTool => ({
  executable,
  directory: "/",
  env: {},
  args,
  companions: {},
});

/** As the Dockerfile puts them. */
const tools: Readonly<Partial<Record<ToolName | "nginx", PlacedTool>>> = {
  node: at(inImage.node),
  // Without a user to become it refuses to start as root; to any other user this says nothing.
  memcached: at("/usr/bin/memcached", ["-u", "root"]),
  varnish: {
    ...at("/usr/sbin/varnishd"),
    companions: { varnishadm: "/usr/bin/varnishadm", varnishstat: "/usr/bin/varnishstat" },
  },
  cassandra: { ...at("/usr/local/bin/java"), directory: inImage.jars },
  ffmpeg: at("/usr/bin/ffmpeg"),
  // As root it would let its workers become somebody who may not enter the service's own folder.
  nginx: at("/usr/sbin/nginx", ["-g", "user root;"]),
  toxiproxy: at("/usr/local/bin/toxiproxy-server"),
};

export interface PlaceOptions {
  readonly service: Service;
  readonly addresses: Addresses;
  readonly directory: string;
  readonly cacheDirectory: string;
  readonly without: readonly string[];
  readonly controlToken: string;
  readonly seed: number;
}

export function placeInContainer({
  service,
  addresses,
  directory,
  cacheDirectory,
  without,
  controlToken,
  seed,
}: PlaceOptions): Place {
  return {
    directory,
    cacheDirectory,
    controlToken,
    seed,
    listen: (port): Endpoint =>
      service === proxyService ? addresses.proxyControl : addresses.listen(service.name, port),
    reach: (to, port) => addresses.link(service.name, to, port) ?? addresses.listen(to, port),
    direct: (to, port) => addresses.listen(to, port),
    tool: (name) => {
      const tool = tools[name];
      if (tool === undefined) throw new Error(`the image has no ${name}`);
      return tool;
    },
    enabled: (defence) => !without.includes(defence),
  };
}

/** The image holds this repository at a place of its own: what a launch names of it is meant there. */
export function asInImage(launch: Launch, root: string): Launch {
  const moved = (text: string): string =>
    text.startsWith(`${root}/`) ? inImage.root + text.slice(root.length) : text;
  return { ...launch, command: moved(launch.command), args: launch.args.map(moved) };
}
