/** A virtual user's session: opened once at each edge, and sent with all that follows. */
import http from "k6/http";
import type { SessionStep } from "../../../../../harness/target/layout.ts";
import { parsed } from "./parsed.ts";
import { type Edge, hostOf } from "./settings.ts";

const opened = new Map<string, Record<string, string>>();

/** The headers of each request; null if no session opens. */
export function openSession(edge: Edge, step: SessionStep): Record<string, string> | null {
  const known = opened.get(edge.name);
  if (known !== undefined) return known;
  const { path, method = "POST", body, token, header, as = "{token}" } = step;
  const answer = http.request(method, edge.url + path, body ?? null, {
    headers: { ...hostOf(edge).headers, ...(body === undefined ? {} : json) },
    responseType: "text",
  });
  const found = answer.status < 300 ? memberOf(parsed(answer), token) : undefined;
  if (typeof found !== "string" || found === "") return null;
  const headers = { [header]: as.replaceAll("{token}", found) };
  opened.set(edge.name, headers);
  return headers;
}

const json = { "Content-Type": "application/json" };

/** `data.token`. */
function memberOf(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (all, name) => (typeof all === "object" && all !== null ? Reflect.get(all, name) : undefined),
      value,
    );
}
