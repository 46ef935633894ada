// The quote's numbers as rows that sum to what is to be paid. Nothing is computed but their signs.

/** @import { Quote } from '../../types' */

/**
 * A row: which text names it, what fills the text, and what it adds (null while that is not known). `note` tells what others contain,
 * `total` what those before it come to.
 * @typedef {{ key: string, values?: Record<string, string>, title?: string, minor: number | null, kind?: 'note' | 'total' }} Row
 */

/** @param {Quote} quote @param {(basis_points: number) => string} rate @returns {Row[]} */
export function rowsOf(quote, rate) {
  const { discounts = [], gift_cards = [], shipping, taxes, tax_included } = quote;
  const tax = taxes.map(({ rate_bp, tax: minor }) => ({ values: { rate: rate(rate_bp) }, minor }));
  /** @type {Row[]} */
  const rows = [{ key: 'cart.subtotal', minor: quote.subtotal }];
  // A discount may be one of the price of sending, so that price stands before what is taken off.
  if (quote.needs_shipping) rows.push({ key: 'cart.shipping', minor: shipping === null ? null : shipping + quote.shipping_discount });
  for (const { title, amount } of discounts) if (amount) rows.push({ key: 'cart.discount', title, minor: -amount });
  if (!tax_included) rows.push(...tax.map((row) => ({ key: 'cart.tax', ...row })));
  if (gift_cards.length) {
    rows.push({ key: 'cart.total', minor: quote.total, kind: 'total' });
    rows.push(...gift_cards.map(({ ends_in, amount }) => ({ key: 'cart.gift_card', values: { ends_in }, minor: -amount })));
  }
  rows.push({ key: gift_cards.length ? 'cart.due' : 'cart.total', minor: quote.due, kind: 'total' });
  if (tax_included) rows.push(...tax.map((row) => /** @type {Row} */ ({ key: 'cart.tax_included', kind: 'note', ...row })));
  return rows;
}
