// What a priced line of the cart says, wherever it stands.

/** @import { Quote, QuoteLine } from '../../types' */

import { el } from './dom.js';
import { amount, here, language, t } from './page.js';
import { keyOf } from './store.js';

/** The quote's lines by their keys. @param {Quote | null} quote */
export const byKey = (quote) => new Map(quote?.lines.map((line) => [keyOf(line), line]));

/** @param {QuoteLine | undefined} priced */
export const picture = (priced) => (priced?.image ? [el('img', { src: here(priced.image), alt: '', width: 88, height: 110 })] : []);

/** Options and what was filled in; when it is sent, if that is later. @param {QuoteLine | undefined} priced */
export function about(priced) {
  const parts = priced?.options.map(([title, value]) => `${title}: ${value}`) ?? [];
  if (priced?.ships_from) {
    // As on the product's page.
    const date = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone: 'UTC' }).format(priced.ships_from * 1000);
    parts.push(t('cart.ships_from', { date }));
  }
  // In a direction of its own: what has no translation stands in another language.
  return el('bdi', {}, parts.join(' · '));
}

/** What it costs, and how that comes about. @param {QuoteLine} priced @param {string} currency */
export function costs({ quantity, unit_price, compare_at, discount, total }, currency) {
  const price = (/** @type {number} */ minor) => amount(minor, currency);
  const one = [
    ...(compare_at ? [el('s', {}, el('span', { class: 'unseen' }, `${t('price.was')} `), price(compare_at)), ' '] : []),
    ...(quantity > 1 ? [t('cart.each', { price: price(unit_price) })] : []),
  ];
  return [
    price(total),
    ...(one.length ? [el('small', {}, ...one)] : []),
    ...(discount ? [el('small', {}, t('cart.less', { price: price(discount) }))] : []),
  ];
}
