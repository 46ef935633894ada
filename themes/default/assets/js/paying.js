// Places the order and goes to the payment. Fetched while the form is being filled in.

/** @import { Ordered, Problem } from '../../types' */

import { api, t } from './page.js';
import { place, uuid } from './placing.js';
import { request } from './requests.js';
import { store } from './store.js';

export { complaints } from './checks.js';
export { troubleOf } from './placing.js';

/** @param {string} token */
const addressOf = (token) => `${api}/orders/${token}`;

/**
 * Leaves the page when the order is placed, or was paid before.
 * @param {{ lines: Ordered[] }} body
 * @param {(text: string) => void} say
 * @param {boolean} [again]
 * @returns {Promise<Problem | undefined>} why not
 */
export async function order(body, say, again = false) {
  const placing = place(body, store.cart.placing, uuid);
  store.place(placing);
  say(t('checkout.working'));
  const { key: idempotency_key, replaces } = placing;
  const answer = await /** @type {ReturnType<typeof request<{ token: string, expires_at: string, pay_url?: string }>>} */ (
    request('/checkout', { ...body, idempotency_key, ...(replaces ? { replaces: replaces.token } : {}) }));
  if (answer.ok) {
    const { token, expires_at, pay_url } = answer.body;
    store.place({ ...placing, token, expires_at });
    say(t('checkout.leaving'));
    location.assign(pay_url ?? addressOf(token));
    return undefined;
  }
  const { problem } = answer;
  if (problem.code === 'order_closed' && !again) {
    store.place(null);
    return order(body, say, true);
  }
  if (problem.code === 'already_paid' && replaces) {
    store.bought(replaces.token);
    say(t('checkout.leaving_paid'));
    location.assign(addressOf(replaces.token));
    return undefined;
  }
  return problem;
}
