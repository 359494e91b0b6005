/** The only module that prints, so that external text never reaches a terminal unsanitised. */
import { redacted, withoutSecrets } from "../base/redact.ts";
import { printable, printableJson } from "../report/printable.ts";
import type { Output } from "./context.ts";

/** The destination of the printed text. */
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
