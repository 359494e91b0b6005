/**
 * Parses a JSON body. The target's answers are data, so an unreadable one must not end an
 * iteration.
 */
import type { RefinedResponse, ResponseType } from "k6/http";

/** Null if the body is truncated, no JSON, or no object. */
export function parsed(
  answer: Pick<RefinedResponse<ResponseType | undefined>, "body">,
): Readonly<Record<string, unknown>> | null {
  if (typeof answer.body !== "string") return null;
  try {
    const value: unknown = JSON.parse(answer.body);
    return typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
