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

/** k6 knows no classes of Unicode: beyond ASCII, all stays. */
function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._\u0080-\uffff-]+/g, "-").slice(0, 60) || "rendition";
}
