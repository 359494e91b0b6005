/** Devices with a session: a gateway assigns each an edge, and another when that one fails. */
import exec from "k6/execution";
import http from "k6/http";
import { watchLive } from "./library/live-edge.ts";
import { parsed } from "./library/parsed.ts";
import { shuffled } from "./library/random.ts";
import { type Edge, optionsOf, settings } from "./library/settings.ts";

export const options = optionsOf({ live: 2 });
export const needs = ["gateways", "content"] as const;
/**
 * For each function: what it plays, how long an iteration waits at most, and whether it uses edges
 * other than its home. `plan` reads this text.
 */
export const plays = {
  live: [{ metric: "segment_ms", lane: "live", patienceMs: 4_000, roams: true }],
} as const;

/**
 * Each virtual user is a device that watches this many segments and then starts a new session, so
 * that some always start.
 */
const segmentsPerSession = 8;
/** A silent gateway must not take all of a viewer's time. */
const gatewayMs = 1_000;
const gatewayDraw = 5;

interface Session {
  readonly token: string;
  readonly edge: Edge;
  /** Its own first, and the others for when that is lost. All accept one another's tokens. */
  readonly gateways: readonly Edge[];
  readonly segmentsLeft: number;
}

let session: Session | null = null;

/** One segment at the live edge, from the edge that a gateway assigned. */
export function live(): void {
  session ??= begun();
  // Without any gateway, a device still knows the usual edges.
  if (session === null) {
    watchLive({ edges: shuffled(settings.edges, gatewayDraw) });
    return;
  }
  watchLive({ edges: [session.edge], steer: (broken) => steered() ?? broken });
  const segmentsLeft: number = session.segmentsLeft - 1;
  session = segmentsLeft > 0 ? { ...session, segmentsLeft } : null;
}

function begun(): Session | null {
  const gateways = shuffled(settings.gateways, gatewayDraw);
  const body = JSON.stringify({ device: `viewer-${exec.vu.idInTest}` });
  for (const gateway of gateways) {
    const answer = http.post(`${gateway.url}/sessions`, body, {
      headers: { "Content-Type": "application/json", "X-Request-Kind": "play" },
      ...asked,
    });
    if (answer.status !== 201) continue;
    const said = parsed(answer);
    const edge = edgeOf(said);
    if (edge !== null && typeof said?.["token"] === "string")
      return { token: said["token"], edge, gateways, segmentsLeft: segmentsPerSession };
  }
  return null;
}

/** The edge that the gateway assigns to the device now; null if none answers. */
function steered(): Edge | null {
  for (const gateway of session?.gateways ?? []) {
    const answer = http.get(`${gateway.url}/sessions/current`, {
      headers: { Authorization: `Bearer ${session?.token}` },
      ...asked,
    });
    if (answer.status !== 200 || session === null) continue;
    const edge = edgeOf(parsed(answer));
    if (edge === null) continue;
    session = { ...session, edge };
    return edge;
  }
  return null;
}

/** A gateway's answer becomes a tag and an address, so only a plain name and a valid URL pass. */
function edgeOf(said: Readonly<Record<string, unknown>> | null): Edge | null {
  const [name, url] = [said?.["edge"], said?.["edgeUrl"]];
  if (typeof name !== "string" || typeof url !== "string" || !/^http:\/\/[\w.[\]:-]+$/.test(url))
    return null;
  return { name: /^[\w./-]{1,64}$/.test(name) ? name : "other", url };
}

const asked = { responseType: "text", timeout: gatewayMs, tags: { lane: "start" } } as const;
