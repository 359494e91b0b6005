import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { liveStreaming } from "../../../targets/live-streaming/target.ts";
import { addressesOf, composeSlot } from "./addresses.ts";
import { composeFile, composeName } from "./compose.ts";
import { registryParts } from "./image/image.ts";
import { placeInContainer } from "./place.ts";

const root = resolve(import.meta.dirname, "../../..");
const module = "targets/live-streaming/target.ts";
const layout = liveStreaming.topologies["quick"]?.layout();
if (layout === undefined) throw new Error("the target has a topology quick");
const made = composeFile({ module, topology: "quick", layout, parts: registryParts(root) });

describe("docker-compose.yml", () => {
  it("matches the target; to update it, run `./seawall compose > docker-compose.yml`", () => {
    expect(readFileSync(join(root, "docker-compose.yml"), "utf8")).toBe(made);
  });

  it("has one service per process, at the address that the target's services expect", () => {
    const addresses = addressesOf({ ...layout, links: [] }, composeSlot);
    for (const { name } of layout.services) {
      expect(made).toContain(
        `  ${composeName(name)}:\n    <<: *service\n    command: [quick, ${name}]\n`,
      );
      expect(made).toContain(`ipv4_address: ${addresses.host(name)}}`);
    }
    expect(made.match(/<<: \*service/g)).toHaveLength(layout.services.length);
  });

  it("starts every service with valid settings", () => {
    const addresses = addressesOf({ ...layout, links: [] }, composeSlot);
    for (const service of layout.services) {
      const place = placeInContainer({
        service,
        layout,
        addresses,
        directory: "/run/seawall",
        cacheDirectory: "/var/cache/seawall",
        without: [],
        controlToken: "drawn-by-the-first",
        seed: 1,
      });
      expect(service.launch(place).command, service.name).toMatch(/^\/(usr|bin)\//);
    }
  });

  it("publishes edges, on loopback only", () => {
    const ports = [...made.matchAll(/ports: \["(.*?)"\]/g)].map((match) => match[1]);
    expect(ports).toHaveLength(layout.entries.length);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:18\d{3}:\d+$/);
  });

  it("names existing files", () => {
    for (const [, path = ""] of made.matchAll(/(?:dockerfile: |equal to )([\w./-]+?)\.?$/gm))
      expect(existsSync(join(root, path)), path).toBe(true);
  });
});
