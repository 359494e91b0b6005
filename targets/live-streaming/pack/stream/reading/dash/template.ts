/** Addresses by template: ISO/IEC 23009-1, 5.3.9.4.4. */

type Values = Readonly<Record<string, string | number | undefined>>;

const identifier = /\$(?:(RepresentationID|Bandwidth|Number|Time)(?:%0(\d{1,2})[diux])?)?\$/g;

/** Identifiers without a value stay, so that they can be replaced later. */
export function fill(template: string, values: Values): string {
  return template.replaceAll(identifier, (whole, name: string | undefined, width?: string) => {
    const value = name === undefined ? undefined : values[name];
    if (value === undefined) return whole;
    return String(value).padStart(Number(width ?? 0), "0");
  });
}

/** With every identifier replaced, `$$` is a dollar. */
export function finished(address: string): string {
  return address.replaceAll("$$", "$");
}
