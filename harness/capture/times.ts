/** The ways in which logs write a moment. */
interface Moment {
  readonly ms: number;
  /** The resolution of what was written. */
  readonly clockMs: number;
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const apache =
  /^(\d{1,2})\/([A-Za-z]{3})\/(\d{4}):(\d\d):(\d\d):(\d\d)(\.\d+)? ([+-])(\d\d)(\d\d)$/;
const iso = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)([.,]\d+)?(Z|[+-]\d\d:?\d\d)?$/;
/** Above it, a number counts ms and not seconds: the year 2603 in seconds. */
const secondsMax = 2e10;

/** Null for anything else. A time without a zone is UTC. */
export function momentOf(value: unknown): Moment | null {
  if (typeof value === "number") return ofNumber(value, String(value));
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (/^\d{9,16}(\.\d+)?$/.test(text)) return ofNumber(Number(text), text);
  const inIso = iso.exec(text);
  if (inIso !== null) {
    const [, year, month, day, hour, minute, second, part, zone = "Z"] = inIso;
    return moment(
      [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)],
      part,
      zone === "Z" ? 0 : offsetMs(zone[0], zone.slice(1, 3), zone.slice(-2)),
    );
  }
  const inApache = apache.exec(text);
  if (inApache === null) return null;
  const [, day, month = "", year, hour, minute, second, part, sign, hours, minutes] = inApache;
  const at = months.indexOf(month.toLowerCase());
  if (at < 0) return null;
  return moment(
    [Number(year), at, Number(day), Number(hour), Number(minute), Number(second)],
    part,
    offsetMs(sign, hours, minutes),
  );
}

function ofNumber(value: number, text: string): Moment | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  if (value < secondsMax) return { ms: value * 1000, clockMs: text.includes(".") ? 1 : 1000 };
  return { ms: value < secondsMax * 1000 ? value : value / 1000, clockMs: 1 };
}

function offsetMs(sign = "+", hours = "0", minutes = "0"): number {
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function moment(
  [year, month, day, hour, minute, second]: [number, number, number, number, number, number],
  part: string | undefined,
  zoneMs: number,
): Moment | null {
  if (month > 11 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  const partMs = part === undefined ? 0 : Number(`0.${part.slice(1)}`) * 1000;
  const ms = Date.UTC(year, month, day, hour, minute, second) + partMs - zoneMs;
  return { ms, clockMs: part === undefined ? 1000 : 1 };
}
