import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { outFolder, seawall } from "./seawall.fixture.ts";

it("the storm on a backend that is not ours holds", async () => {
  const out = outFolder();
  const run = () => seawall(["run", "./examples/nginx-segments/origin-storm.ts", "--out", out.path]).ended;
  const first = await run();
  // Inconclusive says that this machine was too busy to tell; a second time it must tell.
  const { exitCode, stderr, stdout } = first.exitCode === 2 ? await run() : first;
  expect(exitCode, stderr + stdout).toBe(0);
  expect(out.verdict().findings.find((finding) => finding.title === "Every fault landed")).toMatchObject({ status: "held" });
});

it("what runs already is asked where EDGE says, slowed down, and left running", async () => {
  let asked = 0;
  const edge = createServer((request, response) => {
    asked++;
    request.resume();
    response.end(Buffer.alloc(20_000));
  });
  await new Promise<void>((listening) => edge.listen(0, "127.0.0.1", listening));
  const out = outFolder();
  const run = () => seawall(["run", "./examples/running-already/slow-way-in.ts", "--out", out.path], { EDGE: `http://127.0.0.1:${(edge.address() as AddressInfo).port}` }).ended;
  const first = await run();
  const { exitCode, stderr, stdout } = first.exitCode === 2 ? await run() : first;
  expect(exitCode, stderr + stdout).toBe(0);
  expect(asked).toBeGreaterThan(400);
  expect(edge.listening).toBe(true);
  edge.close();
});
