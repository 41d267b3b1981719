/** An ISO 8601 time to the minute, as people read it; of the same time zone, which is UTC for all that Weir writes. */
export function formatMinute(instant: string): string {
  return instant.slice(0, 16).replace("T", " ");
}
