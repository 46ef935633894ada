// The cart's lines as they stand, in the drawer and beside the checkout. They are changed on the cart's page.

/** @import { Quote } from '../../types' */

import { el } from './dom.js';
import { about, byKey, costs, picture } from './line.js';
import { digits } from './page.js';
import { keyOf, store } from './store.js';

/** @param {HTMLElement} list @param {Quote | null} quote */
export function showPlain(list, quote) {
  const priced = byKey(quote);
  list.replaceChildren(...store.lines.map((line) => {
    const found = priced.get(keyOf(line));
    return el('li', { class: 'line' },
      el('div', { class: 'line__picture' }, ...picture(found)),
      el('div', {},
        el('p', { class: 'line__title' }, `${digits(line.quantity)} × `, el('bdi', {}, found?.title || line.title || line.sku)),
        el('p', { class: 'line__options' }, about(found))),
      el('p', { class: 'line__total' }, ...(quote && found?.product ? costs(found, quote.currency) : [])));
  }));
}
