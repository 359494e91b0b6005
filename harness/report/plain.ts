/** Text from experiments, services and operating systems is data: bounded, and without characters that act instead of showing. */

/** C0 and C1 controls (terminal escapes begin with one), and the marks with which text can be made to read in another order. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the very characters that must not get through
const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC and CSI open the sequences that are looked for
const escapeSequence = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[@-Z\\-_]/g;

/** What is left is safe to print and to put in XML 1.0. */
export function plain(text: string): string {
  return text.replace(escapeSequence, "").replace(/\r\n?|\u2028|\u2029/g, "\n").replace(acting, "");
}

/** On one line. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, " ").trim();
}

/** One line of bounded length. */
export function clip(text: string, charactersMax = 400): string {
  // Cutting first keeps a log of gigabytes from being searched; escape sequences can only make it shorter.
  const line = oneLine(text.length > charactersMax * 4 ? text.slice(0, charactersMax * 4) : text);
  const characters = [...line];
  return characters.length <= charactersMax ? line : `${characters.slice(0, charactersMax - 1).join("")}…`;
}
