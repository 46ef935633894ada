// The page's quotes.

import { currency, language } from './page.js';
import { createQuotes } from './quotes.js';
import { request } from './requests.js';
import { store } from './store.js';

export const quotes = createQuotes({
  store,
  ask: (cart, signal) => request('/quote', { ...cart, currency, language }, signal),
});

addEventListener('online', () => quotes.again());
