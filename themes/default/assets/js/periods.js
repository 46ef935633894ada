// Prices that change by themselves, at instants that were known when the page was built.

/** @import { Period } from '../../types' */

/** The one that holds: the first that has not ended. @template {Pick<Period, 'until'>} T @param {T[]} periods */
export const current = (periods) => periods.find(({ until }) => until === null || until * 1000 > Date.now()) ?? periods.at(-1);

// A timer of more than 24.8 days would fire at once.
const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * Calls `tell` once the earliest instant of those it was told has come. A timer may sleep with the page, so it looks again
 * when the page is seen.
 * @param {() => void} tell
 * @param {EventTarget} window
 */
export function createClock(tell, window) {
  let next_ms = Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const look = () => {
    clearTimeout(timer);
    const wait_ms = next_ms - Date.now();
    if (wait_ms > 0) {
      if (next_ms < Infinity) timer = setTimeout(look, Math.min(wait_ms, LONGEST_MS));
      return;
    }
    next_ms = Infinity;
    tell();
  };
  for (const type of ['pageshow', 'visibilitychange']) window.addEventListener(type, look);
  /** @param {number | null | undefined} until_s */
  return (until_s) => {
    if (!until_s || until_s * 1000 >= next_ms) return;
    next_ms = until_s * 1000;
    look();
  };
}
