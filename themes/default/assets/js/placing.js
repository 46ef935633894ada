// Which key an order is sent with: a new one whenever what is sent differs, so that a second press of the button, a
// reload or a lost answer never makes a second order.

/** @import { Placing } from '../../types' */

/**
 * @param {object} body everything that is sent, but key and `replaces`
 * @param {Placing | null} last what was sent before
 * @param {() => string} makeKey
 * @returns {Placing}
 */
export function place(body, last, makeKey) {
  const fingerprint = JSON.stringify(body);
  if (last?.fingerprint === fingerprint) return last;
  return { fingerprint, key: makeKey(), replaces: last?.token ?? last?.replaces ?? null, token: null };
}
