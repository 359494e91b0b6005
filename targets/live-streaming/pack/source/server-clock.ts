/** UTCTiming: how far the server's clock is before this machine's. */
import { epochMsOf } from "../stream/reading/times.ts";
import type { StreamView } from "../stream/reading/views.ts";
import { type AskOptions, askForText, NoAnswer } from "./ask.ts";

/** The schemes that a GET answers, or the manifest itself. Players ignore all others. */
const byText = /^urn:mpeg:dash:utc:http-(?:iso|xsdate):20(?:12|14)$/;
const direct = /^urn:mpeg:dash:utc:direct:20(?:12|14)$/;

/** Undefined if the stream names no clock, or none that answers. */
export async function clockAheadMsOf(
  { manifest, url }: StreamView,
  options: AskOptions,
  nowMs: () => number,
): Promise<number | undefined> {
  for (const { scheme, value } of manifest?.clocks ?? []) {
    if (direct.test(scheme)) {
      const dateMs = epochMsOf(value);
      if (dateMs !== undefined) return dateMs - nowMs();
    }
    if (!byText.test(scheme) || !URL.canParse(value, url)) continue;
    const askedMs = nowMs();
    try {
      const { text } = await askForText(new URL(value, url).href, options);
      const dateMs = epochMsOf(text);
      if (dateMs !== undefined) return dateMs - (askedMs + nowMs()) / 2;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }
  return undefined;
}
