/**
 * A {@link Place} inside a container: the environment of a service, and the paths of the tools in
 * the image.
 */
import type { Endpoint, Launch, Layout, Place, Service, ToolInImage } from "../../target/layout.ts";
import type { ToolName } from "../../target/tools.ts";
import { proxyService } from "../proxy/service.ts";
import type { Addresses } from "./addresses.ts";
import { inImage } from "./image/paths.ts";

type PlacedTool = ReturnType<Place["tool"]>;

const placed = ({
  executable,
  directory = "/",
  args = [],
  companions = {},
}: ToolInImage): PlacedTool => ({
  executable,
  directory,
  env: {},
  args,
  companions,
});

/** As in the Dockerfile; a target's layout names those of the target. */
const own: Readonly<Record<ToolName, ToolInImage>> = {
  node: { executable: inImage.node },
  // As root, nginx would switch its workers to a user who may not enter the service's own folder.
  nginx: { executable: "/usr/sbin/nginx", args: ["-g", "user root;"] },
  toxiproxy: { executable: "/usr/local/bin/toxiproxy-server" },
};

export interface PlaceOptions {
  readonly service: Service;
  readonly layout: Pick<Layout, "inImage">;
  readonly addresses: Addresses;
  readonly directory: string;
  readonly cacheDirectory: string;
  readonly without: readonly string[];
  readonly controlToken: string;
  readonly seed: number;
}

export function placeInContainer({
  service,
  layout,
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
      const tool = layout.inImage?.[name] ?? own[name];
      if (tool === undefined) throw new Error(`the image has no ${name}`);
      return placed(tool);
    },
    enabled: (defence) => !without.includes(defence),
  };
}

/** The image holds this repository at another path, so paths in a launch are translated. */
export function asInImage(launch: Launch, root: string): Launch {
  const moved = (text: string): string =>
    text.startsWith(`${root}/`) ? inImage.root + text.slice(root.length) : text;
  return { ...launch, command: moved(launch.command), args: launch.args.map(moved) };
}
