/**
 * A body that should be JSON. What a target sends is data: one that cannot be read must not end an
 * iteration.
 */
import type { RefinedResponse, ResponseType } from "k6/http";

/** Null when the body broke off, is no JSON, or holds no object. */
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
