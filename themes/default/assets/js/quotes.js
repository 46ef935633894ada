// Asks for the price of the cart when the cart changes: after a short pause, and only the latest answer counts.
// It announces what it knows by `cart:quote`.

/** @import { Answer, Placing, Quote, QuoteState } from '../../types' */
/** @import { Store } from './store.js' */

/**
 * @param {object} parts
 * @param {Store} parts.store
 * @param {(cart: object, signal: AbortSignal) => Promise<Answer<Quote>>} parts.ask
 * @param {number} [parts.pause_ms]
 */
export function createQuotes({ store, ask, pause_ms = 120 }) {
  /** @type {QuoteState} */
  let state = { status: 'empty', quote: null, problem: null };
  /** @type {AbortController | undefined} */
  let latest;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asked = '';

  /** @param {Partial<QuoteState>} changes */
  const tell = (changes) => {
    state = { ...state, ...changes };
    store.events.dispatchEvent(new CustomEvent('cart:quote', { detail: state }));
  };

  const send = async () => {
    const mine = new AbortController();
    latest = mine;
    const answer = await ask(store.request(), mine.signal);
    if (latest !== mine) return;
    if (answer.ok) return tell({ status: 'ready', quote: answer.body, problem: null });
    asked = '';
    const { problem } = answer;
    // Offline, or while the shop does not answer, the last numbers are still likely; a cart that is refused has none.
    tell([0, 503].includes(problem.status) ? { status: 'offline', problem } : { status: 'refused', quote: null, problem });
  };

  const refresh = () => {
    const wanted = JSON.stringify(store.request());
    if (wanted === asked) return;
    asked = wanted;
    clearTimeout(timer);
    latest?.abort();
    latest = undefined;
    if (!store.lines.length) return tell({ status: 'empty', quote: null, problem: null });
    const isFirst = state.status === 'empty';
    tell({ status: 'loading' });
    timer = setTimeout(send, isFirst ? 0 : pause_ms);
  };

  return {
    get state() { return state; },

    /** Begins, and goes on until the signal. @param {AbortSignal} signal */
    start(signal) {
      store.events.addEventListener('cart:change', refresh, { signal });
      refresh();
    },

    /** Asks again, as when the connection is back. */
    again() {
      asked = '';
      refresh();
    },

    /** Takes a quote that came with a refusal. @param {Quote} quote */
    take(quote) {
      latest = undefined;
      clearTimeout(timer);
      asked = JSON.stringify(store.request());
      tell({ status: 'ready', quote, problem: null });
    },
  };
}

/**
 * Whether the cart cannot go on to the checkout. What the shopper's own open order has reserved looks sold out, so
 * then the checkout decides.
 * @param {QuoteState} state
 * @param {Placing | null} placing
 */
export function isBlocked({ status, quote }, placing) {
  return status === 'refused' || (!placing && !!quote?.lines.some((line) => !line.available));
}

// The quote's numbers as rows that sum to what is to be paid. Nothing is computed but their signs.

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
