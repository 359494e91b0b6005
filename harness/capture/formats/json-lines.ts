/** One JSON object per line, with the names that nginx's documentation and Fastly's use. */
import { type Entry, entryOf } from "../entry.ts";
import { momentOf } from "../times.ts";

const names = {
  at: ["msec", "time_iso8601", "@timestamp", "timestamp", "time", "time_local", "ts", "start"],
  method: ["request_method", "method", "verb", "http_method"],
  target: ["request_uri", "uri", "url", "path", "request_path"],
  status: ["status", "response_status", "status_code", "code"],
  client: ["remote_addr", "client_ip", "http_x_forwarded_for", "clientip", "client", "ip"],
  agent: ["http_user_agent", "request_user_agent", "user_agent", "agent"],
  user: ["remote_user", "session", "session_id", "user"],
  // A whole request line.
  request: ["request"],
} as const;

export function jsonEntry(text: string): Entry | null {
  if (!text.startsWith("{")) return null;
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof said !== "object" || said === null) return null;
  const fields = said as Readonly<Record<string, unknown>>;
  const field = (name: keyof typeof names): unknown =>
    names[name].map((one) => fields[one]).find((value) => value !== undefined && value !== "");
  const word = (name: keyof typeof names): string | undefined => {
    const value = field(name);
    return typeof value === "string" ? value : undefined;
  };
  const [method, target] = (word("request") ?? "").split(" ");
  const at = names.at.map((name) => momentOf(fields[name])).find((moment) => moment !== null);
  return entryOf({
    at: at ?? null,
    method: word("method") ?? (method || undefined),
    target: word("target") ?? target,
    status: Number(field("status")),
    who: [word("client"), word("user"), word("agent")],
  });
}
