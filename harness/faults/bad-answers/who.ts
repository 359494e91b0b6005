/** In words, which requests a fault on answers strikes. */
import type { Who } from "../../target/bad-answer.ts";

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

/** `, 50 % of requests, with x-account: test`; empty for all requests. */
export function describeWho({ share, sessions, header }: Who): string {
  return [
    ...(share === undefined ? [] : [`${percent(share)} of requests`]),
    ...(sessions === undefined
      ? []
      : [
          `${percent(sessions.share)} of ` +
            (sessions.by === undefined ? "connections" : `sessions by ${sessions.by}`),
        ]),
    ...(header === undefined ? [] : [`with ${header.name}: ${header.value}`]),
  ]
    .map((text) => `, ${text}`)
    .join("");
}
