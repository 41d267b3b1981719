/** How many more of a thing an export may bring, and how many came beyond that, which are only counted. */
export interface Quota {
  left: number;
  refused: number;
}

/** What is limited as it is read: a few bytes, which pack well, can name a hundred times their size of these. */
export interface Quotas {
  spans: Quota;
  events: Quota;
}

/** Whether one more is to be read. */
export function admits(quota: Quota): boolean {
  if (quota.left === 0) {
    quota.refused += 1;
    return false;
  }
  quota.left -= 1;
  return true;
}
