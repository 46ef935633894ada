// What has another price than when the shopper last looked.

/** @import { Line, Quote, Seen } from '../../types' */

import { keyOf } from './store.js';

/**
 * Compares the cart's lines with a quote for them.
 * @param {Line[]} lines
 * @param {Quote} quote
 * @returns {{ looked: Line[], changed: [string, Seen][] }} the lines with what they cost now; the key of each that cost
 *   something else, and what
 */
export function look(lines, { currency, lines: priced }) {
  /** @type {[string, Seen][]} */
  const changed = [];
  const prices = new Map(priced.flatMap((line) => (line.product ? [[keyOf(line), line.unit_price]] : [])));
  const looked = lines.map((line) => {
    const minor = prices.get(keyOf(line));
    const { seen } = line;
    const isSame = seen?.currency === currency;
    if (minor === undefined || (isSame && seen.minor === minor)) return line;
    if (isSame) changed.push([keyOf(line), seen]);
    return { ...line, seen: { currency, minor } };
  });
  return { looked, changed };
}
