// What a cart or a checkout form still lacks, before the shop is asked.

/** @import { Placing, QuoteState } from '../../types' */

/**
 * Whether the cart cannot go on to the checkout. What the shopper's own open order has reserved looks sold out, so
 * then the checkout decides.
 * @param {QuoteState} state
 * @param {Placing | null} placing
 */
export function isBlocked({ status, quote }, placing) {
  return status === 'refused' || (!placing && !!quote?.lines.some((line) => !line.available));
}

/**
 * @param {{ name: string, value: string, type: string, required: boolean, checked?: boolean }[]} fields
 * @returns {[string, string][]} names of fields and keys of texts
 */
export function complaints(fields) {
  return fields.flatMap(({ name, value, type, required, checked }) => {
    const text = value.trim();
    if (type === 'checkbox') return required && !checked ? [[name, 'checkout.accept']] : [];
    if (required && !text) return [[name, 'checkout.required']];
    if (type === 'email' && text && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return [[name, 'checkout.email']];
    return [];
  });
}
