// Filters as they stand in an address: `?colour=blue&colour=red&price=10-20&available&sort=cheap`.

/** @import { FilterKind, Wish } from '../../types' */

const ORDERS = ['new', 'cheap', 'dear', 'name'];

/** A number of an address, with a point or a comma; nothing where it is none. @param {string} text */
function number(text) {
  const plain = text.trim().replace(',', '.');
  return /^(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}

/**
 * A number as somebody typed it: as the language writes numbers, in its digits or in ours, perhaps with the name of a currency;
 * nothing where it is none.
 * @param {string} text @param {string} language
 */
export function typed(text, language) {
  const digits = new Intl.NumberFormat(language, { useGrouping: false }).format(9876543210);
  const group = new Intl.NumberFormat(language).formatToParts(123456).find(({ type }) => type === 'group')?.value ?? '';
  const latin = text.replace(/\p{Nd}/gu, (digit) => String(digits.includes(digit) ? 9 - digits.indexOf(digit) : digit.charCodeAt(0) & 15));
  // Whichever apostrophe a keyboard has, between digits it parts groups.
  const bare = latin.replace(/^[\p{Sc}\p{L}\s]+|[\p{Sc}\p{L}\s]+$/gu, '').replace(/(?<=\d)[\s'’](?=\d{3})/g, '').replaceAll('\u066c', '').replace('\u066b', '.');
  const parts = bare.split(group);
  // The last group has three digits; those before it have two where one counts in lakh and crore.
  const isGrouped = group && parts.length > 1 && parts.every((part, at) => (at === parts.length - 1 ? /^\d{3}/ : at ? /^\d{2,3}$/ : /^\d{1,3}$/).test(part));
  return number(isGrouped ? parts.join('') : bare);
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
