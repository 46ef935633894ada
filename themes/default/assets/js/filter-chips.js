// What is chosen of a list's filters, each to be taken back. It comes when somebody filters.

/** @import { FilterValue, Wish } from '../../types' */

import { el, icon } from './dom.js';
import { amount, decimals, language, t } from './page.js';
import { store } from './store.js';

/** @param {string} text @param {string} key @param {string} [value] @param {string} [lang] */
function chip(text, key, value = '', lang = '') {
  const words = el('span', lang ? { lang, dir: 'auto' } : {}, text);
  return el('li', {}, el('button', { type: 'button', class: 'chip', 'data-remove': key, 'data-value': value, 'aria-label': t('filter.remove', { filter: text }) }, words, icon('close')));
}

/** `Price: €10.00 – €20.00`. @param {HTMLElement} group @param {[number | null, number | null]} ends */
function rangeText({ dataset: { kind, title = '', unit } }, [least, most]) {
  const { currency } = store;
  const text = (/** @type {number} */ end) =>
    (kind === 'price' ? amount(Math.round(end * 10 ** decimals(currency ?? '')), currency ?? '') : `${new Intl.NumberFormat(language).format(end)}${unit ? `\u00a0${unit}` : ''}`);
  if (least === null) return t('filter.at_most', { title, most: text(most ?? 0) });
  return most === null ? t('filter.at_least', { title, least: text(least) }) : t('filter.between', { title, least: text(least), most: text(most) });
}

/**
 * The chips, and one more that takes all back.
 * @param {Wish} wish
 * @param {HTMLElement[]} groups of the panel
 * @param {(key: string, value: string) => FilterValue | undefined} known a choice by its group and itself
 */
export function chips({ choices, ranges, flags }, groups, known) {
  const all = groups.flatMap((group) => {
    const { group: key = '', title = '' } = group.dataset;
    const chosen = (choices[key] ?? []).flatMap((value) => known(key, value) ?? []);
    const ends = ranges[key];
    return [
      ...chosen.map((value) => chip(value.title, key, value.key, value.lang)),
      ...(flags.includes(key) ? [chip(title, key, '', group.querySelector('[data-word]')?.getAttribute('lang') ?? '')] : []),
      ...(ends ? [chip(rangeText(group, ends), key)] : []),
    ];
  });
  return all.length ? [...all, el('li', {}, el('button', { type: 'button', class: 'chip chip--clear', 'data-clear': true }, t('filter.clear')))] : [];
}
