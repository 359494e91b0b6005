import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExposition } from "../../../harness/probes/prometheus.ts";
import { createMetrics } from "./metrics.ts";

/** Characters that could end a value early, among harmless ones. */
const values = fc.string({ unit: fc.constantFrom('"', "\\", "\n", "n", "}", ",", "=", "é") });

describe("metrics of a service", () => {
  it("keep every label value, whatever it contains", () => {
    fc.assert(
      fc.property(values, fc.nat(), (value, count) => {
        const metrics = createMetrics();
        metrics.counter("asked_total", "Asked").add({ by: value }, count);
        expect(parseExposition(metrics.render(), new Set(["asked_total"]))).toEqual([
          { name: "asked_total", labels: { by: value }, value: count },
        ]);
      }),
    );
  });
});
