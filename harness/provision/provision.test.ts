import "../../targets/live-streaming/tools/recipes.ts";
import { describe, expect, it } from "vitest";
import { fakeMachine } from "../../test/support/fake-machine.ts";
import { missingTools } from "./missing.ts";
import { provision } from "./provision.ts";
import { ffmpeg } from "../../targets/live-streaming/tools/ffmpeg.ts";
import { k6 } from "./tools/k6.ts";
import { varnish } from "../../targets/live-streaming/tools/varnish.ts";

describe("provision", () => {
  it("stops at once if it was aborted before it began", async () => {
    using machine = fakeMachine();
    const reason = new Error("interrupted");
    await expect(
      provision(["k6"], { env: machine.env, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });
});

describe("the error for missing tools", () => {
  it("lists the attempts and the installation for each", () => {
    const { message, hint } = missingTools([
      {
        recipe: k6,
        attempts: [
          { source: "path", reason: "not there" },
          { source: "download", reason: "github.com does not answer (ENOTFOUND)" },
        ],
      },
      {
        recipe: varnish,
        attempts: [{ source: "registry", reason: "apt-get is not on this machine" }],
      },
    ]);
    expect(message.split("\n")).toEqual([
      "2 tools are missing: k6, varnish",
      "  k6 (>= 2.0 and < 3)",
      "    path         not there",
      "    download     github.com does not answer (ENOTFOUND)",
      "    to install   `brew install k6`, or Grafana's apt repository; or set SEAWALL_K6",
      "  varnish (7.x with the vmods std, directors and var, and a C compiler)",
      "    registry     apt-get is not on this machine",
      "    to install   `apt-get install varnish varnish-modules gcc`; or set SEAWALL_VARNISH",
    ]);
    expect(hint).toContain("`seawall doctor`");
  });

  it("uses the singular for one tool", () => {
    expect(missingTools([{ recipe: ffmpeg, attempts: [] }]).message).toMatch(
      /^a tool is missing: ffmpeg\n/,
    );
  });
});
