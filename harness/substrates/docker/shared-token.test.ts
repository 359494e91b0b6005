import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sharedToken } from "./shared-token.ts";

it("is generated once per shared folder", () => {
  const [one, other] = [
    mkdtempSync(join(tmpdir(), "seawall-token-")),
    mkdtempSync(join(tmpdir(), "seawall-token-")),
  ];
  const tokens = [sharedToken(one), sharedToken(one), sharedToken(other)];
  expect(tokens[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(tokens[1]).toBe(tokens[0]);
  expect(tokens[2]).not.toBe(tokens[0]);
  expect(readdirSync(one)).toEqual(["control-token"]);
  for (const folder of [one, other]) rmSync(folder, { recursive: true });
});
