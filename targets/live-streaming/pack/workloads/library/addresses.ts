/**
 * Requests for what a playlist names. An edge keeps its way in and its headers; another host gets
 * none of them. The generator lets nothing through to a host that is not allowed.
 */
import http, { type Params, type RefinedResponse, type ResponseType } from "k6/http";
import { absolute } from "../../stream/reading/addresses.ts";
import { headersFor } from "../../../../../harness/k6.ts";
import type { Edge } from "./settings.ts";

export type Answer = RefinedResponse<ResponseType | undefined>;

/** As browsers follow. A chosen value. */
const redirectsMax = 10;

/** The answer, and from where it came after redirects. */
export interface Arrived {
  readonly answer: Answer;
  readonly url: string;
}

/** `session`: headers for the edge alone. */
export function getFrom(
  edge: Edge,
  url: string,
  params: Params,
  session: Readonly<Record<string, string>>,
): Arrived {
  let at = url;
  for (let redirects = 0; ; redirects++) {
    const own = isOf(edge, at);
    const { headers, ...plain } = params;
    const sent = { ...headers, ...(own ? { ...headersFor(edge), ...session } : {}) };
    const answer = http.get(own ? alongWay(edge, at) : at, { ...plain, headers: sent });
    const location = answer.headers["Location"];
    if (answer.status < 300 || answer.status >= 400 || location === undefined)
      return { answer, url: at };
    if (redirects === redirectsMax) return { answer, url: at };
    at = absolute(at, location);
  }
}

function originOf(url: string): string {
  return /^https?:\/\/[^/?#]+/i.exec(url)?.[0] ?? "";
}

/** A name under which an edge is asked is the edge, too. */
function isOf({ url, host }: Edge, address: string): boolean {
  const [own, its] = [originOf(url), originOf(address)];
  return its === own || (host !== undefined && its.replace(/^https?:\/\//i, "") === host);
}

function alongWay({ url }: Edge, address: string): string {
  return originOf(url) + address.slice(originOf(address).length);
}
