/** A syslog head (RFC 3164 or 5424, as content networks send it) before another format's line. */
const heads = [
  // <134>2024-02-03T10:00:00Z cache-1 name[123]: …
  /^<\d{1,3}>(?:1 )?\d{4}-\d\d-\d\dT\S+ \S+ \S+?(?:\[[^\]]*\])?: /,
  // <134>Feb  3 10:00:00 cache-1 name[123]: …
  /^<\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \S+?(?:\[[^\]]*\])?: /,
  // <134>1 2024-02-03T10:00:00Z host name 123 id - …
  /^<\d{1,3}>1 \d{4}-\d\d-\d\dT\S+ \S+ \S+ \S+ \S+ (?:-|\[[^\]]*\]) /,
];

/** Null where there is none. */
export function afterSyslogHead(text: string): string | null {
  if (!text.startsWith("<")) return null;
  for (const head of heads) {
    const match = head.exec(text);
    if (match !== null) return text.slice(match[0].length);
  }
  return null;
}
