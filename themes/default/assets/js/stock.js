// Asks what is left: all that a page wants to know in one request. When the page is seen again later, `stock:change` says that what
// it knows is old.

/** @import { Stock } from '../../types' */

import { request } from './requests.js';

const AT_ONCE = 50;
const OLD_MS = 30_000;

/** @type {Map<string, Promise<Stock>>} */
const known = new Map();
/** @type {string[]} */
let waiting = [];
let asked_ms = 0;
/** @type {Promise<void> | undefined} */
let round;

/** @type {Map<string, (stock: Stock) => void>} */
const answers = new Map();

async function ask() {
  await Promise.resolve();
  round = undefined;
  const all = waiting;
  waiting = [];
  asked_ms = Date.now();
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE);
    const query = some.map((id) => `product=${encodeURIComponent(id)}`).join('&');
    const answer = await /** @type {ReturnType<typeof request<Stock>>} */ (request(`/stock?${query}`));
    // What cannot be known is not said: the order itself decides.
    for (const id of some) answers.get(id)?.(answer.ok ? answer.body : { stock: {}, products: {} });
  }
}

/** @param {string} product its id @returns {Promise<Stock>} */
export function stockOf(product) {
  const there = known.get(product);
  if (there) return there;
  const wanted = new Promise((/** @type {(stock: Stock) => void} */ resolve) => answers.set(product, resolve));
  known.set(product, wanted);
  waiting.push(product);
  round ??= ask();
  return wanted;
}

addEventListener('visibilitychange', () => {
  if (document.hidden || Date.now() - asked_ms < OLD_MS) return;
  known.clear();
  document.dispatchEvent(new CustomEvent('stock:change'));
});
