/** Dates and durations as playlists and manifests write them. */

/**
 * Epoch ms of an ISO 8601 date, undefined if it is none. Without a zone it is UTC, as ISO/IEC
 * 23009-1 says; some packagers write the zone without its colon.
 */
export function epochMsOf(text: string | undefined): number | undefined {
  const date = text
    ?.trim()
    .replace(/(\.\d{3})\d+/, "$1")
    .replace(/([+-]\d\d)(\d\d)$/, "$1:$2");
  if (date === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(date)) return undefined;
  const value = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/i.test(date) ? date : `${date}Z`);
  return Number.isNaN(value) ? undefined : value;
}

const duration =
  /^P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d*)?|\.\d+)S)?)?$/;
const unitsMs = [365.25 * 86_400_000, 30.4375 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000];

/** Ms of an xs:duration, undefined if it is none. */
export function durationMsOf(text: string | undefined): number | undefined {
  const match = duration.exec(text?.trim() ?? "");
  if (match === null || text?.trim() === "P") return undefined;
  return rounded(
    match
      .slice(1)
      .reduce((sum, count, at) => sum + Number(count ?? 0) * (unitsMs[at] as number), 0),
  );
}

/** To the microsecond, so that sums stay short. */
export function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
