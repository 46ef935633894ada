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
