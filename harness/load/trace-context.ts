/**
 * Sends W3C trace context (https://www.w3.org/TR/trace-context) with each request of a workload. A
 * slow request of a run can then be found in the traces of the target. It wraps the functions of
 * `k6/http`, so that a workload needs no line for it; a header that the workload sets wins.
 *
 * A trace's id begins with the second in which the run began, as the run's id does. One request in
 * a hundred carries the flag "sampled", and the run's id in `tracestate`. A storm would otherwise
 * fill the user's store of traces.
 */
import http from "k6/http";

type Params = { headers?: Record<string, string> } | null | undefined;
type Send = (...given: unknown[]) => unknown;

/** The position of `params` among the arguments of each function. */
const positions = {
  get: 1,
  head: 1,
  del: 2,
  options: 2,
  patch: 2,
  post: 2,
  put: 2,
  request: 3,
  asyncRequest: 3,
} as const;

const sampledOf = 100;
const runId = __ENV["SEAWALL_RUN"] ?? "";
/** Fourteen digits, which are hexadecimal, too. */
const begun = /^(\d{8})T(\d{6})Z/.exec(runId)?.slice(1).join("") ?? "";

/** The headers of one request. */
export function traceHeaders(): Record<string, string> {
  const trace = (begun + hex(32)).slice(0, 32);
  const isSampled = Math.random() * sampledOf < 1;
  const traceparent = `00-${trace}-${hex(16)}-0${isSampled ? 1 : 0}`;
  return isSampled && runId !== ""
    ? { traceparent, tracestate: `seawall=${runId}` }
    : { traceparent };
}

/** Never only zeros, which the standard forbids. */
function hex(digits: number): string {
  let text = "";
  while (text.length < digits)
    text += (1 + Math.floor(Math.random() * 0xffff_fffe)).toString(16).padStart(8, "0");
  return text.slice(0, digits);
}

function traced(send: Send, position: number): Send {
  return (...given) => {
    const params = given[position] as Params;
    const own = params?.headers ?? {};
    const all = given.slice(0, position);
    while (all.length < position) all.push(undefined);
    return send(...all, { ...params, headers: { ...traceHeaders(), ...own } });
  };
}

const client = http as unknown as Record<string, Send>;
for (const [name, position] of Object.entries(positions)) {
  const send = client[name];
  if (send !== undefined) client[name] = traced(send.bind(http), position);
}
