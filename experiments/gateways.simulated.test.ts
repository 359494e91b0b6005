/**
 * The part of the catalogue that asks gateways, in virtual time; apart from the rest, as it takes
 * the longest.
 */
import { expect, it } from "vitest";
import {
  asksGateways,
  catalogue,
  eachHoldsInVirtualTime,
} from "../test/support/simulated/catalogue.ts";

const asking = catalogue.filter(asksGateways);

it("is what starts sessions, is steered, listens or reports", () => {
  expect(asking.map(({ name }) => name)).toEqual([
    "broadcast-herd",
    "ingest-flood",
    "region-loss",
    "retry-storm",
    "start-surge",
  ]);
});

eachHoldsInVirtualTime(asking);
