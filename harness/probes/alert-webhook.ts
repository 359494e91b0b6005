/**
 * Listens for alerts that are sent to this machine, in the form of Alertmanager's webhooks
 * (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), and records at each
 * reading whether they fire. Until the first message their state is unknown, because a
 * misconfigured sender is silent, too.
 */
import { createServer, type Server } from "node:http";
import { SeawallError } from "../base/errors.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { AlertWebhook } from "../target/layout.ts";
import { recordAlerts } from "./monitoring.ts";

const bodyBytesMax = 4 * 1024 * 1024;

interface Message {
  readonly alerts?: readonly {
    readonly status?: string;
    readonly labels?: { readonly alertname?: string };
    readonly fingerprint?: string;
  }[];
}

export class AlertWebhookReceiver implements Disposable {
  readonly #service: string;
  readonly #telemetry: AlertWebhook;
  readonly #sink: SampleSink;
  readonly #server: Server;
  /** By name, those that fire: an alert may fire for several things at once. */
  readonly #firing = new Map<string, Set<string>>();
  /** Readings before the first message; nothing fired then, as it turned out. */
  #unknownMs: number[] | null = [];

  constructor(service: string, telemetry: AlertWebhook, sink: SampleSink) {
    this.#service = service;
    this.#telemetry = telemetry;
    this.#sink = sink;
    this.#server = createServer(async (request, response) => {
      let text = "";
      for await (const part of request.setEncoding("utf8"))
        if (text.length < bodyBytesMax) text += part as string;
      response.writeHead(this.#hears(text) ? 200 : 400).end();
    });
  }

  listen(): Promise<void> {
    const { listens } = this.#telemetry;
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) =>
        reject(
          new SeawallError(
            "USAGE",
            `alerts cannot be received at 127.0.0.1:${listens}: ${error.message}`,
            { cause: error, hint: "Name another port as `webhook`, and send the alerts there." },
          ),
        ),
      );
      this.#server.listen({ host: "127.0.0.1", port: listens, exclusive: true }, () => resolve());
    });
  }

  #hears(text: string): boolean {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      return false;
    }
    if (!Array.isArray(message?.alerts)) return false;
    for (const atMs of this.#unknownMs ?? []) this.#record(atMs);
    this.#unknownMs = null;
    for (const { status, labels = {}, fingerprint = "" } of message.alerts) {
      const name = labels.alertname ?? "";
      const all = this.#firing.get(name) ?? new Set();
      this.#firing.set(name, all);
      if (status === "firing") all.add(fingerprint);
      else all.delete(fingerprint);
    }
    return true;
  }

  read(atMs: number): void {
    if (this.#unknownMs === null) this.#record(atMs);
    else this.#unknownMs.push(atMs);
  }

  #record(atMs: number): void {
    const of = { service: this.#service, sink: this.#sink };
    const isFiring = (alert: string): boolean => (this.#firing.get(alert)?.size ?? 0) > 0;
    recordAlerts(of, this.#telemetry.alerts, atMs, isFiring);
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
