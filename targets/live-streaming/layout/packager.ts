/** The packager: one epoch-locked pipeline. */
import type { Launch, Service } from "../../../harness/target/layout.ts";
import type { PackagerConfiguration } from "../packager/configuration.ts";
import { nodeProgram } from "../service/program.ts";
import { backfillSegments, event, renditions } from "../stream/event.ts";
import { switches } from "./defences.ts";
import { httpClock, httpPing } from "./pings.ts";
import { mainOf, nodeOf, type PublishingSite, regionOf, type Site, standing } from "./site.ts";

/**
 * Packaging a segment takes at least 100 ms, a twentieth of its length. The requests of early
 * viewers depend on this figure, and so must not depend on processor speed.
 */
export const packagingMsMin = 100;

export function packager(site: PublishingSite, sites: readonly Site[]): Service {
  return {
    ...standing(site, "packager", 15),
    ports: { http: 18085, control: 18086 },
    tools: ["node", "ffmpeg"],
    memoryMb: 768,
    dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" },
    readyWithinMs: 180_000,
    drainMs: 5_000,
    telemetry: [{ kind: "journal", port: "http", path: "/journal", pipeline: site.pipeline }],
    pings: { http: httpPing, control: httpPing },
    operations: {
      clock: httpClock,
      defects: {
        kind: "http",
        port: "control",
        method: "POST",
        path: "/defects?kind={kind}&segments={segments}",
      },
      defectsLeft: { kind: "http", port: "control", method: "GET", path: "/defects" },
      defectsOff: { kind: "http", port: "control", method: "DELETE", path: "/defects" },
      journal: { kind: "http", port: "http", method: "GET", path: "/journal?after={after}" },
    },
    launch(place): Launch {
      const ffmpeg = place.tool("ffmpeg");
      const configuration: PackagerConfiguration = {
        pipeline: site.pipeline,
        event,
        renditions: [...renditions],
        backfillSegments,
        packagingMsMin,
        listen: place.listen("http"),
        control: place.listen("control"),
        controlToken: place.controlToken,
        // The own zone's origin first. If it does not answer, the next one takes the segment.
        publishTo: regionOf(site, sites).map((each) =>
          place.reach(`${each.name}/origin-publish`, "http"),
        ),
        ffmpeg: { executable: ffmpeg.executable, args: [...ffmpeg.args], env: { ...ffmpeg.env } },
        cacheDirectory: place.cacheDirectory,
        journalFile: `${place.directory}/journal.ndjson`,
        seed: place.seed,
        defences: switches(place, "epochLocking"),
      };
      return nodeProgram({
        ...nodeOf(place),
        main: mainOf("packager"),
        heapMb: 192,
        configuration,
      });
    },
  };
}
