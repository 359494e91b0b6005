/** The parts of a Markdown page that the tests check: prose, links and headings. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

const folders = [
  "docs",
  "harness",
  "targets",
  "experiments",
  "examples",
  "benchmarks",
  "test",
  "reports/sample",
];

/**
 * Every page of the repository, from its root. Excludes runs in `reports/` and expected output of
 * tests.
 */
export function pages(): string[] {
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !/node_modules|^golden\//.test(name))
      .map((name) => `${folder}/${name}`),
  );
  const atRoot = readdirSync(root).filter((name) => name.endsWith(".md"));
  return [...atRoot, "reports/README.md", ...below].sort();
}

/** Without code blocks, and without tables that a program writes between two comments. */
export function withoutCode(markdown: string): string {
  return markdown
    .replace(/^(`{3,}).*\n[\s\S]*?^\1\n?/gm, "\n")
    .replace(/<!-- ([a-z]+): [\s\S]*?<!-- \/\1 -->/g, "")
    .replace(/<!--[\s\S]*?-->/g, "");
}

/**
 * Paragraphs, list items, headings and cells, each as one text. A code span becomes the word
 * "Code", and a link its text. Semicolons separate the entries of a cell.
 */
export function proseIn(markdown: string): string[] {
  const blocks: string[] = [];
  let open = "";
  const close = (): void => {
    if (open !== "") blocks.push(open);
    open = "";
  };
  for (const line of plain(withoutCode(markdown)).split("\n")) {
    if (line.startsWith("|")) {
      close();
      blocks.push(...line.split("|").flatMap((cell) => cell.split(";")));
    } else if (/^\s*$/.test(line)) close();
    else {
      if (/^\s*([-*]|\d+\.) |^#+ /.test(line)) close();
      open += ` ${line.replace(/^\s*([-*>]|\d+\.|#+) /, "").trim()}`;
      if (line.startsWith("#")) close();
    }
  }
  close();
  return blocks.map((block) => block.trim()).filter((block) => /\p{L}/u.test(block));
}

function plain(markdown: string): string {
  return markdown
    .replace(/(`+)[^`]+?\1/g, "Code")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\*\*|__/g, "");
}

/** The targets of a page's links and pictures. */
export function linksIn(markdown: string): string[] {
  return [
    ...withoutCode(markdown)
      .replace(/`[^`]*`(?!\])/g, "")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target]) => target as string);
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsIn(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/ /g, "-"),
  );
}

/**
 * The sources that a page names in code spans. Placeholders such as `NAME.ts` and `x.test.ts` are
 * none.
 */
export function sourcesIn(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/`([\w/-][\w./-]*\.(?:ts|sh|vcl))`/g)]
    .map(([, source]) => source as string)
    .filter((source) => !/NAME|^x\./.test(source));
}
