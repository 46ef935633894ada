// Asks what is left: all that a page wants to know in one request.

/** @import { Stock } from '../../types' */

import { request } from './requests.js';

const AT_ONCE = 50;

/** @type {Map<string, Promise<Stock>>} */
const known = new Map();
/** @type {string[]} */
let waiting = [];
/** @type {Promise<void> | undefined} */
let round;

/** @type {Map<string, (stock: Stock) => void>} */
const answers = new Map();

async function ask() {
  await Promise.resolve();
  round = undefined;
  const all = waiting;
  waiting = [];
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
