// Discount codes and gift cards: which of the two a text is, and what a quote says of those in the cart.

/** @import { Cart, Notice, Quote } from '../../types' */

/** No request has more of them. */
export const MOST = 5;

const CARD = /^[0-9A-Z]{4}([- ]?[0-9A-Z]{4}){3}$/;

/** @typedef {'discounts' | 'gift_cards'} Kind */

/** @param {string} text @returns {{ kind: Kind, code: string } | null} what was typed, as the cart keeps it */
export function read(text) {
  const code = text.trim().toUpperCase();
  if (!code) return null;
  return CARD.test(code) ? { kind: 'gift_cards', code: (code.match(/[0-9A-Z]{4}/g) ?? []).join('-') } : { kind: 'discounts', code };
}

/** As the API shows a code: its first forty characters. @param {string} code */
const shown = (code) => [...code].slice(0, 40).join('');

/**
 * What became of the cart's codes.
 * @param {Pick<Cart, Kind>} cart
 * @param {Pick<Quote, 'discounts' | 'gift_cards' | 'notices'>} quote
 */
export function sortOut({ discounts, gift_cards }, quote) {
  /** @type {{ kind: Kind, code: string, title: string, amount: number, isIdle: boolean }[]} */
  const taken = [];
  /** @type {{ kind: Kind, code: string, notice: Notice | undefined }[]} */
  const refused = [];
  for (const code of discounts) {
    const found = quote.discounts?.find((discount) => discount.code === shown(code));
    const notice = quote.notices.find(({ about }) => about === shown(code));
    if (found) taken.push({ kind: 'discounts', code, title: found.title, amount: found.amount, isIdle: !!notice });
    else refused.push({ kind: 'discounts', code, notice });
  }
  // The API gives what cards pay, and why others don't, in the order of the cart; of a code, only the end.
  const payments = [...quote.gift_cards ?? []];
  const notices = quote.notices.filter((some) => some.code === 'invalid_gift_card');
  for (const code of gift_cards) {
    const payment = payments[0];
    if (payment && code.endsWith(payment.ends_in)) {
      payments.shift();
      taken.push({ kind: 'gift_cards', code, title: payment.ends_in, amount: payment.amount, isIdle: !payment.amount });
    } else refused.push({ kind: 'gift_cards', code, notice: notices.shift() });
  }
  return { taken, refused };
}
