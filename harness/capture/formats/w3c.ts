/**
 * W3C extended log format, as CloudFront writes it: a `#Fields:` line names the columns, which are
 * separated by tabs. Values are percent-encoded, some twice.
 */
import { type Entry, entryOf } from "../entry.ts";
import { momentOf } from "../times.ts";

/** Keeps the names of the columns from one line to the next. */
export class W3cLines {
  #columns: ReadonlyMap<string, number> | null = null;

  /** Null for a line that is no request; `comment` for a directive. */
  entry(text: string): Entry | "comment" | null {
    if (text.startsWith("#")) {
      const fields = /^#Fields:\s*(.*)$/i.exec(text)?.[1];
      if (fields !== undefined)
        this.#columns = new Map(
          fields
            .trim()
            .split(/\s+/)
            .map((name, index) => [name.toLowerCase(), index]),
        );
      return /^#[A-Z][A-Za-z-]*:/.test(text) ? "comment" : null;
    }
    if (this.#columns === null) return null;
    const values = text.includes("\t") ? text.split("\t") : text.split(" ");
    const value = (name: string): string | undefined => {
      const index = this.#columns?.get(name);
      const found = index === undefined ? undefined : values[index];
      return found === "-" ? undefined : found;
    };
    const time = `${value("date") ?? ""}T${value("time") ?? ""}`;
    return entryOf({
      at: momentOf(value("timestamp")) ?? momentOf(time),
      method: value("cs-method"),
      target: value("cs-uri-stem") ?? value("cs-uri"),
      status: Number(value("sc-status")),
      who: [value("c-ip"), value("cs(user-agent)"), value("x-forwarded-for")],
    });
  }
}
