/** Text that attempts to act on a terminal or a pipeline, and a way to detect that it would. */
import fc from "fast-check";
import { anyCharacter } from "../any-character.ts";

/** The worst kinds of text: control characters, half characters, and pipeline commands. */
export const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 12 }),
      fc.constantFrom(
        "\u001b]0;t\u0007",
        "\u001b[2J",
        "\u009b31m",
        "\u001b[31m",
        "\r",
        "\n",
        "::error::",
        " ::add-mask::x",
        "##[error]",
        "##vso[task.complete]",
        "##teamcity[x]",
        "#",
        "##",
        "[",
        "\u202e",
        "\u2066",
        "\u0085::set-output::",
        "\u2028::x::",
        "section_start:1:a\r\u001b[0K",
        "\ud800",
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

/** What a terminal, or the program that reads a pipeline's log, would act on. */
export function actsIn(text: string): string[] {
  const lines = text.split(/[\n\r\u0085\u2028\u2029]/);
  return [
    ...(text.match(/[[\p{Cc}--[\t\n]]\p{Bidi_Control}]/gv) ?? []),
    ...lines.filter((line) => line.trimStart().startsWith("::")),
    ...(text.match(/##(\[|vso\[|teamcity\[)/gi) ?? []),
  ];
}

/** Without the harness's colours. The sequence that erases the live line begins a new one. */
export function withoutOwn(text: string): string {
  const own = [0, 1, 2, 22, 31, 32, 33, 39].map((code) => `\u001b[${code}m`);
  return own.reduce(
    (rest, sequence) => rest.replaceAll(sequence, ""),
    text.replaceAll("\r\u001b[2K", "\n"),
  );
}
