// The page's quotes. What takes codes comes when it is first needed: one is about to be typed, or the cart has some.

import { language } from './page.js';
import { createQuotes } from './quotes.js';
import { request } from './requests.js';
import { store } from './store.js';

const load = () => import('./code-box.js').catch(() => {});

export const quotes = createQuotes({
  store,
  ask: async (cart, signal) => {
    if (store.cart.discounts.length + store.cart.gift_cards.length) await load();
    return request('/quote', { ...cart, language }, signal);
  },
});

document.querySelector('code-box')?.addEventListener('focusin', load, { once: true });
// What was true when the page was left may be so no longer.
for (const type of ['online', 'visibilitychange']) addEventListener(type, () => document.hidden || quotes.again());
