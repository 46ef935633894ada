// Filters as they stand in an address: `?colour=blue&colour=red&price=10-20&available&sort=cheap`.

/** @import { FilterKind, Wish } from '../../types' */

const ORDERS = ['new', 'cheap', 'dear', 'name'];

/** An end of a range as it was typed, with a point or a comma; nothing where it is no number. @param {string} text */
export function number(text) {
  const plain = text.trim().replace(',', '.');
  return /^(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}

/** `10-20`, `10-`, `-20`. @param {string} text @returns {[number | null, number | null] | null} */
function range(text) {
  const ends = text.split('-');
  if (ends.length !== 2) return null;
  const [least, most] = [number(ends[0] ?? ''), number(ends[1] ?? '')];
  return least === null && most === null ? null : [least, most];
}

/** @returns {Wish} */
export const nothing = () => ({ choices: {}, ranges: {}, flags: [], sort: '' });

/** Whether it asks for all products in the shop's order. @param {Wish} wish */
export const isNothing = (wish) => !wish.sort && count(wish) === 0;

/** How many filters are chosen. @param {Wish} wish */
export const count = ({ choices, ranges, flags }) =>
  Object.values(choices).reduce((sum, keys) => sum + keys.length, 0) + Object.keys(ranges).length + flags.length;

/**
 * What an address asks for.
 * @param {URLSearchParams} query
 * @param {Map<string, FilterKind>} kinds the filters of the list, by key
 */
export function read(query, kinds) {
  const wish = nothing();
  const sort = query.get('sort') ?? '';
  if (ORDERS.includes(sort)) wish.sort = sort;
  for (const [key, kind] of kinds) {
    if (!query.has(key)) continue;
    if (kind === 'flag') wish.flags.push(key);
    else if (kind === 'choice') {
      const keys = [...new Set(query.getAll(key).filter(Boolean))];
      if (keys.length) wish.choices[key] = keys;
    } else {
      const ends = range(query.get(key) ?? '');
      if (ends) wish.ranges[key] = ends;
    }
  }
  return wish;
}

/**
 * The query of an address that asks for it; what else was in the address stays.
 * @param {Wish} wish
 * @param {Map<string, FilterKind>} kinds
 * @param {URLSearchParams} before
 */
export function write(wish, kinds, before) {
  const parts = [];
  for (const [key, value] of before) if (key !== 'sort' && !kinds.has(key)) parts.push(pair(key, value));
  for (const [key, kind] of kinds) {
    if (kind === 'flag') {
      if (wish.flags.includes(key)) parts.push(encodeURIComponent(key));
    } else if (kind === 'choice') for (const value of wish.choices[key] ?? []) parts.push(pair(key, value));
    else {
      const ends = wish.ranges[key];
      if (ends) parts.push(pair(key, ends.map((end) => end ?? '').join('-')));
    }
  }
  if (wish.sort) parts.push(pair('sort', wish.sort));
  return parts.length ? `?${parts.join('&')}` : '';
}

/** @param {string} key @param {string} value */
const pair = (key, value) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
