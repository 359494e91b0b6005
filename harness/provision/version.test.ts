import { describe, expect, it } from "vitest";
import { compare, demand, versionIn } from "./version.ts";

describe("versions", () => {
  it("are compared by number, not as text", () => {
    expect(compare("2.10.0", "2.9.9")).toBeGreaterThan(0);
    expect(compare("2.2", "2.2.0")).toBe(0);
    expect(compare("17", "17.0.15")).toBeLessThan(0);
  });

  it("treat a pre-release as its release", () => {
    expect(compare("2.0.0-rc1", "2.0.0")).toBe(0);
  });

  it("are accepted from the first version, inclusive, to the second, exclusive", () => {
    expect(() => demand("2.0.0", "2.0", "3")).not.toThrow();
    expect(() => demand("3.0.0", "2.0", "3")).toThrow("is version 3.0.0, wanted >= 2.0 and < 3");
    expect(() => demand("1.9.9", "2.0")).toThrow("wanted >= 2.0");
  });

  it("are found in a tool's output, which is quoted if there is none", () => {
    expect(versionIn("k6 v2.2.0 (go1.26.8, linux/amd64)", /k6 v(\d+\.\d+\.\d+)/)).toBe("2.2.0");
    expect(() => versionIn("Segmentation fault\ncore dumped", /v(\d+)/)).toThrow(
      'prints no version: "Segmentation fault"',
    );
    expect(() => versionIn("", /v(\d+)/)).toThrow("nothing printed");
  });
});
