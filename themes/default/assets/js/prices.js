// Prices on the page, in the shopper's currency and as they are now. Says by `price:change` that they may differ.

/** @import { Prices } from '../../types' */

import { el } from './dom.js';
import { createClock, current } from './periods.js';
import { store } from './store.js';

const tell = () => document.dispatchEvent(new CustomEvent('price:change'));
const wakeAt = createClock(tell, window);

/** What holds now of a list for each currency. @template T @param {Record<string, T> | undefined} some */
export const inCurrency = (some) => some?.[store.currency ?? ''] ?? Object.values(some ?? {})[0];

/** @param {Prices} prices */
export function now(prices) {
  const period = current(inCurrency(prices) ?? []);
  wakeAt(period?.until);
  return period;
}

/** Shows the price that an element's data say. @param {HTMLElement} price */
export function show(price) {
  const { prices = '{}', from = '{price}', was = '' } = price.dataset;
  const period = now(JSON.parse(prices));
  if (!period) return;
  const before = period.compare ? [el('s', {}, el('span', { class: 'unseen' }, `${was} `), period.compare), ' '] : [];
  price.replaceChildren(...before, from.replace('{price}', period.text));
  const card = /** @type {HTMLElement | null} */ (price.closest('.card'));
  if (card) card.dataset.price = String(period.minor);
}

const showAll = () => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-prices]')).forEach(show);

let { currency } = store;
document.addEventListener('cart:change', () => {
  if (store.currency === currency) return;
  currency = store.currency;
  tell();
});
document.addEventListener('price:change', showAll);
showAll();
