/** What a text is, before anything parses it. */
import { textCharsMax } from "./limits.ts";
import { UnreadableStream } from "./unreadable.ts";

export type Looks = "m3u8" | "mpd";

/** Throws if it is neither, with what it is instead. */
export function looksOf(text: string): Looks {
  if (text.length > textCharsMax)
    throw new UnreadableStream("too-large", `it has more than ${textCharsMax} characters`);
  const start = text.slice(0, 1_024).replace(/^\uFEFF/, "");
  if (/^#EXTM3U(?:[\r\n]|$)/.test(start)) return "m3u8";
  const trimmed = start.trimStart();
  if (trimmed === "") throw new UnreadableStream("empty", "it is empty");
  if (/^(?:<!doctype html|<html|<head|<body)/i.test(trimmed))
    throw new UnreadableStream("html", "it is a page of HTML");
  if (/^<(?:\?xml|!--|!DOCTYPE|(?:\w+:)?MPD)/.test(trimmed)) return "mpd";
  throw new UnreadableStream(
    "not-a-stream",
    "it is neither a playlist, which begins with #EXTM3U, nor a manifest, whose root is MPD",
  );
}
