/**
 * The packager's ports: its journal on the data port, orders to corrupt segments on the control
 * port. All other requests are refused.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { authorised } from "../service/operations.ts";
import { pathOf, reply } from "../service/server.ts";
import { type DefectKind, defectKinds, type DefectOrders, type Order } from "./defects.ts";
import type { Journal } from "./journal.ts";

const segmentsMax = 10_000;

export function answerJournal(
  request: IncomingMessage,
  response: ServerResponse,
  journal: Journal,
): void {
  if (pathOf(request) !== "/journal") return void refuse(request, response, 404, "not found");
  if (request.method !== "GET" && request.method !== "HEAD")
    return void refuse(request, response, 405, "the journal is only read", { allow: "GET, HEAD" });
  const after = one(request, "after", "0");
  if (after === null || !/^[0-9]{1,15}$/.test(after))
    return void refuse(request, response, 400, "after must be a sequence number");
  reply(response, 200, request.method === "HEAD" ? "" : journal.after(Number(after)), {
    "content-type": "application/x-ndjson",
  });
}

export interface ControlParts {
  readonly token: string;
  readonly orders: DefectOrders;
  readonly renditions: readonly string[];
}

/** `POST /defects?kind=…&segments=N[&rendition=…]` orders, `DELETE` cancels, `GET` reports. */
export function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  { token, orders, renditions }: ControlParts,
): void {
  if (!authorised(request, token))
    return void refuse(request, response, 401, "the control token is needed", {
      "www-authenticate": "Bearer",
    });
  if (pathOf(request) !== "/defects") return void refuse(request, response, 404, "no such control");
  switch (request.method) {
    case "GET":
      return void reply(response, 200, `${JSON.stringify(orders.current)}\n`, {
        "content-type": "application/json",
      });
    case "DELETE":
      orders.order(null);
      return void reply(response, 200, "called off\n");
    case "POST": {
      const order = orderIn(request, renditions);
      if (typeof order === "string") return void refuse(request, response, 400, order);
      orders.order(order);
      return void reply(response, 200, "ordered\n");
    }
    default:
      return void refuse(request, response, 405, "orders are given, listed and cancelled", {
        allow: "GET, POST, DELETE",
      });
  }
}

/** The order, or its problem. */
function orderIn(request: IncomingMessage, renditions: readonly string[]): Order | string {
  const kind = defectKinds.find((each): each is DefectKind => each === one(request, "kind", ""));
  if (kind === undefined) return `kind must be one of ${defectKinds.join(", ")}`;
  const segments = one(request, "segments", "1");
  if (segments === null || !/^[1-9][0-9]{0,4}$/.test(segments) || Number(segments) > segmentsMax)
    return `segments must be a number from 1 to ${segmentsMax}`;
  const rendition = one(request, "rendition", "");
  if (rendition === null || (rendition !== "" && !renditions.includes(rendition)))
    return `rendition must be one of ${renditions.join(", ")}`;
  return { kind, segments: Number(segments), rendition: rendition === "" ? null : rendition };
}

/** A parameter's value; null if it is given more than once. */
function one(request: IncomingMessage, name: string, fallback: string): string | null {
  const url = request.url ?? "";
  const query = url.indexOf("?");
  const values = new URLSearchParams(query === -1 ? "" : url.slice(query + 1)).getAll(name);
  return values.length > 1 ? null : (values[0] ?? fallback);
}

/** No body is ever read here, so a connection that still carries one cannot be reused. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  why: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply(response, status, `${why}\n`, {
    ...headers,
    ...(request.complete ? {} : { connection: "close" }),
  });
  request.resume();
}
