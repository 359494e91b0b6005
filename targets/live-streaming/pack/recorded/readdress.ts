/** Where an object of a trace is on the stream under test. */
import type { Readdressed } from "../../../../harness/target/recorded.ts";
import type { Layout } from "../../../../harness/target/layout.ts";
import { segmentPath, streamOf } from "../stream/stream.ts";

/** Null if the stream has no such object. */
export function readdress(
  { kind, path }: { readonly kind: string; readonly path: string },
  layout: Layout,
): Readdressed | null {
  if (layout.content === undefined) return asItIs(path);
  const stream = streamOf(layout);
  const { manifestPath } = stream;
  if (kind === "manifest" && manifestPath !== undefined) return { path: manifestPath };
  if (!path.includes("{number}")) return asItIs(path);
  const found = stream.renditions.filter(({ name }) => partsOf(path).includes(name));
  const [rendition] = found;
  if (rendition === undefined || found.length > 1) return null;
  const address = segmentPath(stream, rendition.name, 0);
  // The number is the one digit that another number would change.
  const other = segmentPath(stream, rendition.name, 9);
  const at = [...address].findIndex((letter, index) => letter !== other[index]);
  return {
    path: `${address.slice(0, at)}{number}${address.slice(at + 1)}`,
    name: rendition.name,
  };
}

/** A trace keeps a path that has nothing to hide. */
function asItIs(path: string): Readdressed | null {
  return path.includes("~") ? null : { path };
}

/** Folders, and the words of the file's name. */
function partsOf(path: string): string[] {
  return path.split("/").flatMap((part) => [part, ...part.split(/[._-]/)]);
}
