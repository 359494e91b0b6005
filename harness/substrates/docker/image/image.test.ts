import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  baseName,
  copied,
  copiedFromTools,
  imageName,
  packagesOfImage,
  registryParts,
} from "./image.ts";
import { dockerfile } from "./paths.ts";

const root = resolve(import.meta.dirname, "../../../..");
describe("the image's name", () => {
  let copy: string;
  // The second test looks at files that the first one leaves alone.
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "seawall-image-"));
    for (const path of copied) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
  });

  afterAll(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  it("depends only on the content of its files", () => {
    const before = imageName(root);
    expect(before).toMatch(/^seawall\/target:[0-9a-f]{12}$/);
    expect(imageName(copy)).toBe(before);
    writeFileSync(join(copy, "targets/live-streaming/note.test.ts"), "");
    expect(imageName(copy), "tests do not go into it").toBe(before);
    writeFileSync(join(copy, "targets/live-streaming/target.ts"), "// another");
    expect(imageName(copy)).not.toBe(before);
  });

  it("leaves the slow base unchanged unless its packages or tools change", () => {
    const before = baseName(root, ["24.1.0"]);
    expect(baseName(copy, ["24.1.0"])).toBe(before);
    expect(baseName(copy, ["24.2.0"])).not.toBe(before);
    writeFileSync(join(copy, "targets/image/packages.txt"), "varnish\n");
    expect(baseName(copy, ["24.1.0"])).not.toBe(before);
  });
});

/** The files that Node loads for these; type imports are erased. */
function loadedBy(...paths: readonly string[]): string[] {
  const seen = new Set<string>();
  const waiting = [...paths];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = readFileSync(join(root, path), "utf8");
    for (const [, from] of text.matchAll(
      /^(?:import|export)\b(?! type)[^"';]*?from\s*"(\.[^"]+)"|^import\s*"(\.[^"]+)"/gm,
    ))
      if (from !== undefined) waiting.push(relative(root, resolve(root, dirname(path), from)));
  }
  return [...seen].sort();
}

describe("the Dockerfile", () => {
  const text = readFileSync(join(root, dockerfile), "utf8");

  it("copies everything that a container of the reference target loads", () => {
    const loaded = loadedBy(
      "harness/substrates/docker/entry.ts",
      "targets/live-streaming/target.ts",
    );
    expect(loaded.length).toBeGreaterThan(50);
    const missing = (places: readonly string[]): string[] =>
      loaded.filter(
        (path) => !places.some((place) => path === place || path.startsWith(`${place}/`)),
      );
    expect(missing(copied)).toEqual([]);
    const inFile = [...text.matchAll(/^COPY (harness.*|targets) \S+$/gm)].flatMap(([, from]) =>
      (from as string).split(" "),
    );
    expect(missing(inFile)).toEqual([]);
  });

  it("names public images for each of its parts", () => {
    expect(registryParts(root)).toEqual({
      BASE: expect.stringMatching(/^node:24-/),
      CASSANDRA: expect.stringMatching(/^cassandra:5\.0/),
      TOXIPROXY: expect.stringMatching(/toxiproxy:2\.12/),
    });
  });

  it("takes existing tools from their images", () => {
    expect(copiedFromTools(root)).toEqual({
      cassandra: "/opt/cassandra/lib",
      toxiproxy: "/toxiproxy",
    });
  });

  it("copies everything that the entry of a container imports", () => {
    const seen = new Set<string>();
    const follow = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      // Type imports do not exist at run time.
      for (const [, from = ""] of readFileSync(join(root, path), "utf8").matchAll(
        /^import (?!type )[^"]*"(\.[^"]+)"/gm,
      ))
        follow(join(dirname(path), from));
    };
    follow("harness/substrates/docker/entry.ts");
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = ""]) =>
      sources.split(" "),
    );
    for (const path of seen)
      expect(
        copied.some((one) => path === one || path.startsWith(`${one}/`)),
        path,
      ).toBe(true);
    expect(seen.size).toBeGreaterThan(4);
  });

  it("copies nothing that .dockerignore excludes, and every package by name", () => {
    expect(packagesOfImage(root)).toEqual(
      expect.arrayContaining(["varnish", "memcached", "ffmpeg"]),
    );
    const kept = readFileSync(join(root, ".dockerignore"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    for (const [, sources = ""] of text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
      for (const source of sources.split(" ").filter((one) => !one.includes("[")))
        expect(
          kept.some((path) => source === path || source.startsWith(`${path}/`)),
          source,
        ).toBe(true);
    }
  });
});
