/**
 * The format of numbers in the terminal, report and JUnit. Rounding never flatters. An observed
 * value and its limit get as many digits as the printed pair needs to compare as the real pair
 * does. A share is "100 %" only if nothing is missing.
 */
import type { Comparison } from "../claims/claim.ts";
import type { Finding } from "../record/verdict.ts";

/** `share` is a fraction 0…1 and is shown in per cent; every other unit is shown unchanged. */
export type Unit = string;

interface Scale {
  readonly factor: number;
  readonly suffix: string;
  readonly decimals: (scaled: number) => number;
}

export const missing = "—";

/** Formats a single number: `99.95 %`, `12.3 ms`, `1.2 k/s`. */
export function formatValue(value: number | null, unit: Unit): string {
  if (value === null || Number.isNaN(value)) return missing;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const scale = scaleOf(value, unit);
  const fewest = scale.decimals(value * scale.factor);
  for (let decimals = fewest; decimals <= 12; decimals++) {
    const digits = fixed(value * scale.factor, decimals);
    if (!flatters(value, unit, Number(digits) / scale.factor))
      return spelled(digits, scale.suffix, decimals > fewest);
  }
  return spelled(String(value * scale.factor), scale.suffix, true);
}

/** Formats an observed value and its limit so that the texts compare as the numbers do. */
export function formatAgainst(
  observed: number | null,
  limit: number,
  unit: Unit,
): { observed: string; limit: string } {
  if (observed === null || !Number.isFinite(observed) || !Number.isFinite(limit)) {
    return { observed: formatValue(observed, unit), limit: formatValue(limit, unit) };
  }
  const truth = order(observed, limit);
  const [ours, theirs] = commonScales(observed, limit, unit);
  const leastDigits = ours.decimals(observed * ours.factor);
  const exact = decimalsNeeded(limit * theirs.factor);
  const leastRequests = exact ?? theirs.decimals(limit * theirs.factor);
  for (let more = 0; more <= 12; more++) {
    const [a, b] = [
      fixed(observed * ours.factor, leastDigits + more),
      fixed(limit * theirs.factor, exact ?? leastRequests + more),
    ];
    const shown = Number(a) / ours.factor;
    if (order(shown, Number(b) / theirs.factor) === truth && !flatters(observed, unit, shown)) {
      return {
        observed: spelled(a, ours.suffix, more > 0),
        limit: spelled(b, theirs.suffix, true),
      };
    }
  }
  const suffix = unit === "share" || unit === "" ? "" : ` ${unit}`;
  return { observed: `${observed}${suffix}`, limit: `${limit}${suffix}` };
}

/** Example: `87.1 % (limit ≥ 99.9 %)`. */
export function formatViolation(
  finding: Pick<Finding, "unit" | "observed" | "limit" | "comparison">,
): string {
  const { observed, limit, comparison } = finding;
  if (observed === null || limit === null || comparison === null) return "";
  const shown = formatAgainst(observed, limit, finding.unit);
  return `${shown.observed} (limit ${formatComparison(comparison)} ${shown.limit})`;
}

/** Whole numbers with grouped digits: 12,345. */
export function formatCount(value: number): string {
  return grouped(String(Math.round(value)));
}

/** A duration: `350 ms`, `2.4 s`, `1 min 30 s`, `1 h 02 min`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return missing;
  if (Math.abs(ms) < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (Math.abs(seconds) < 59.95) return `${trimmed(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600)
    return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return (
    `${Math.floor(whole / 3600)} h ` +
    `${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`
  );
}

/** A moment relative to the start of the baseline: `+12.3 s`, `−4.0 s`, `+1:02:03`. */
export function formatOffset(ms: number): string {
  const sign = ms < 0 ? "−" : "+";
  const seconds = Math.abs(ms) / 1000;
  if (seconds < 599.95) return `${sign}${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor((whole % 3600) / 60),
    whole % 60,
  ];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0
    ? `${sign}${hours}:${two(minutes)}:${two(rest)}`
    : `${sign}${minutes}:${two(rest)} min`;
}

export function formatComparison(comparison: Comparison): string {
  return { "<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=" }[comparison];
}

function scaleOf(value: number, unit: Unit): Scale {
  const size = Math.abs(value);
  if (unit === "share") return { factor: 100, suffix: " %", decimals: () => 2 };
  if (unit === "ms" && size >= 10_000) return { factor: 1e-3, suffix: " s", decimals: significant };
  if (unit === "B") return bytes(size);
  if (unit === "/s" && size >= 999.5) {
    return size >= 999_500
      ? { factor: 1e-6, suffix: " M/s", decimals: tenths }
      : { factor: 1e-3, suffix: " k/s", decimals: tenths };
  }
  return { factor: 1, suffix: unit === "" ? "" : ` ${unit}`, decimals: significant };
}

/** A common scale for both numbers: 2 s and 10 s are easier to compare than 2,000 ms and 10 s. */
function commonScales(a: number, b: number, unit: Unit): readonly [Scale, Scale] {
  const [least, most] = [Math.min(Math.abs(a), Math.abs(b)), Math.max(Math.abs(a), Math.abs(b))];
  return unit === "ms" && least >= 1000 && most >= 10_000
    ? [scaleOf(most, unit), scaleOf(most, unit)]
    : [scaleOf(a, unit), scaleOf(b, unit)];
}

function bytes(size: number): Scale {
  const step = size >= 2 ** 30 ? 30 : size >= 2 ** 20 ? 20 : size >= 2 ** 10 ? 10 : 0;
  const suffix = { 30: " GiB", 20: " MiB", 10: " KiB", 0: " B" }[step];
  return { factor: 2 ** -step, suffix, decimals: step === 0 ? () => 0 : significant };
}

/** Three significant digits for fractions. */
function significant(scaled: number): number {
  const size = Math.abs(scaled);
  if (size === 0 || Number.isInteger(scaled) || size >= 99.95) return 0;
  return size >= 9.995 ? 1 : size >= 0.9995 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(size)));
}

function tenths(scaled: number): number {
  return Math.abs(scaled) >= 99.95 ? 0 : 1;
}

/** An author chose the limit, so it keeps the given digits, up to a maximum. */
function decimalsNeeded(scaled: number): number | null {
  for (let decimals = 0; decimals < 6; decimals++) {
    if (Math.abs(Number(fixed(scaled, decimals)) - scaled) <= Math.abs(scaled) * 1e-12)
      return decimals;
  }
  return null;
}

/** A fraction must not look whole, and a value above zero must not look like zero. */
function flatters(value: number, unit: Unit, shown: number): boolean {
  return (shown === 0) !== (value === 0) || (unit === "share" && (shown === 1) !== (value === 1));
}

function order(a: number, b: number): number {
  return Math.sign(a - b);
}

function spelled(digits: string, suffix: string, keepZeros: boolean): string {
  return grouped(keepZeros ? digits : trimmed(digits)).replace("-", "−") + suffix;
}

/** `toFixed` switches to exponents above 1e21, where digits have no meaning anyway. */
function fixed(value: number, decimals: number): string {
  return Math.abs(value) < 1e21 ? value.toFixed(Math.min(100, decimals)) : String(value);
}

function trimmed(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

function grouped(digits: string): string {
  return digits.replace(/^(-?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
}

/** ` without a, b`, or nothing: which defences a run had off, after its name. */
export function withoutText(defences: readonly string[]): string {
  return defences.length === 0 ? "" : ` without ${defences.join(", ")}`;
}
