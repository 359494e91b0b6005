/**
 * The one place through which everything is printed, so that nothing that others wrote reaches a
 * terminal as it is.
 */
import { redacted, withoutSecrets } from "../base/redact.ts";
import { printable, printableJson } from "../report/printable.ts";
import type { Output } from "./context.ts";

/** Where the printed text ends up. */
export interface Sink {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colour: boolean;
}

export function printerTo(sink: Sink): Output {
  const { isTerminal, colour } = sink;
  return {
    isTerminal,
    colour,
    get columns() {
      return sink.columns;
    },
    write: (text) => sink.write(printable(redacted(text), colour)),
    json: (document) => sink.write(`${printableJson(document, withoutSecrets)}\n`),
    commands: (text) => sink.write(text),
    erase: () => {
      if (isTerminal) sink.write("\r\u001b[2K");
    },
  };
}
