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
export const redirectsMax = 10;

/** The answer, and from where it came after redirects. */
export interface Arrived {
  readonly answer: Answer;
  readonly url: string;
}

export function getFrom(edge: Edge, url: string, params: Params): Arrived {
  let at = url;
  for (let redirects = 0; ; redirects++) {
    const { url: sent, params: all } = alongEdge(edge, at, params);
    const answer = http.get(sent, all);
    const next = redirects === redirectsMax ? null : redirectOf(answer, at);
    if (next === null) return { answer, url: at };
    at = next;
  }
}

/** A request as it is sent: the way in of an edge, and its headers, for what is its own. */
export function alongEdge(
  edge: Edge,
  url: string,
  { headers, ...params }: Params,
): { readonly url: string; readonly params: Params } {
  const own = isOf(edge, url);
  return {
    url: own ? alongWay(edge, url) : url,
    params: {
      ...params,
      headers: { ...headers, ...(own ? headersFor(edge) : {}) },
    },
  };
}

/** Null for an answer that leads nowhere else. */
export function redirectOf({ status, headers }: Answer, at: string): string | null {
  const location = headers["Location"];
  return status < 300 || status >= 400 || location === undefined ? null : absolute(at, location);
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
