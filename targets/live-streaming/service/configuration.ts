/**
 * Reads a service's configuration file. Refuses to start on an invalid one and names every problem
 * at once.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

export const endpointShape = z.object({ host: z.ipv4(), port: z.int().min(1).max(65_535) });
export type EndpointSettings = z.infer<typeof endpointShape>;

export function readConfiguration<T>(shape: z.ZodType<T>): T {
  const path = process.argv[2];
  if (path === undefined)
    return refuse("needs the path of its configuration file as its only argument");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return refuse(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = shape.safeParse(value);
  return parsed.success
    ? parsed.data
    : refuse(`${path} is not a valid configuration:\n${z.prettifyError(parsed.error)}`);
}

function refuse(problem: string): never {
  process.stderr.write(`${process.argv[1] ?? "service"}: ${problem}\n`);
  process.exit(78);
}
