import { describe, expect, it } from "vitest";
import { miniLayout } from "../../../test/support/targets/mini.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Fault } from "../../faults/faults.ts";
import type { Layout, Tls } from "../../target/layout.ts";
import type { PlanOptions } from "../options.ts";
import { methodProblems } from "./method.ts";

function problemsOf(to: string, layout: Layout = miniLayout): string[] {
  const fault: Fault = {
    kind: "badAnswers",
    links: { to: { service: to } },
    answer: { is: "hang" },
  };
  const experiment = {
    method: [{ atMs: 0, forMs: 4_000, fault }],
    phasesMs: { baseline: 4_000, fault: 4_000, recovery: 4_000 },
    blastRadius: { services: [to], faultsAtOnceMax: 1 },
  } as unknown as Experiment;
  const options = { supports: () => true, substrate: "process" } as unknown as PlanOptions;
  return methodProblems(experiment, layout, options);
}

describe("bad answers", () => {
  it("are planned on a link that speaks HTTP", () => {
    expect(problemsOf("a/back")).toEqual([]);
  });

  it("are refused on a link that speaks something else", () => {
    expect(problemsOf("a/store")).toEqual([
      "step 1 (answers to a/store never begin): the link a/front>a/store:memcached is no HTTP, " +
        "by its ping: only HTTP has answers that can be struck",
    ]);
  });

  it("are refused on https without a certificate that clients trust", () => {
    const speaking = (tls: Tls): Layout => ({
      ...miniLayout,
      services: miniLayout.services.map((service) => ({ ...service, access: { http: { tls } } })),
    });
    expect(problemsOf("a/back", speaking({}))).toEqual([
      expect.stringMatching(/the link a\/front>a\/back:http is https, and the proxy has no/),
    ]);
    const standIn = { cert: "/cert.pem", key: "/key.pem" };
    expect(problemsOf("a/back", speaking({ standIn }))).toEqual([]);
  });
});
