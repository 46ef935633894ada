// Which key an order is sent with: a new one whenever what is sent differs, so that a second press of the button, a
// reload or a lost answer never makes a second order.

/** @import { Ordered, Placing, Problem } from '../../types' */

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** The 64-bit FNV-1a of a text: tells two texts apart without keeping them. @param {string} text */
export function digest(text) {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(16).padStart(16, '0');
}

/**
 * @param {{ lines: Ordered[] }} body everything that is sent, but key and `replaces`
 * @param {Placing | null} last what was sent before
 * @param {() => string} makeKey
 * @returns {Placing}
 */
export function place(body, last, makeKey) {
  const sent = digest(JSON.stringify(body));
  if (last?.digest === sent) return last;
  const replaces = last?.token ? { token: last.token, lines: last.lines } : last?.replaces ?? null;
  return { digest: sent, key: makeKey(), lines: body.lines, token: null, expires_at: null, replaces };
}

/**
 * What to say when nothing is wrong with the order, and it was not taken all the same. The same may be sent again, under its key.
 * @param {Problem} problem
 * @returns {string | null} the name of a text
 */
export function troubleOf({ status, code }) {
  if (status === 0) return 'checkout.offline';
  if (code === 'payment_unreachable') return 'checkout.unreachable';
  return status >= 500 ? 'checkout.failed' : null;
}

/** A UUID v4. `crypto.randomUUID` is missing where a shop is tried over plain HTTP. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (Number(bytes[6]) & 0x0f) | 0x40;
  bytes[8] = (Number(bytes[8]) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
