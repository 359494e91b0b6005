/** Names of renditions: short, in the characters of a path, and each given once. */

export class Names {
  readonly #given = new Map<string, number>();

  give(wanted: string, pathway?: string): string {
    const place = pathway === undefined || pathway === "." ? "" : `@${plain(pathway)}`;
    const name = `${plain(wanted)}${place}`;
    const before = this.#given.get(name) ?? 0;
    this.#given.set(name, before + 1);
    return before === 0 ? name : this.give(`${wanted}-${before + 1}`, pathway);
  }
}

/** By code points: the regular expressions of k6 know no classes of Unicode. */
const reserved = /[^\w.\u0080-\uffff-]+/g;

function plain(text: string): string {
  return text.replaceAll(reserved, "-").slice(0, 60) || "rendition";
}
