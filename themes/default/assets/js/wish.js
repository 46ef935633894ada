// A press of the button to pay while the price is being worked out: it is granted when the total turns out as shown.

/** @import { Quote, QuoteState } from '../../types' */

/**
 * @param {Quote} seen the quote that was shown when the button was pressed
 * @param {QuoteState} state
 * @returns {'wait' | 'pay' | 'changed' | 'drop'}
 */
export function answerTo(seen, { status, quote }) {
  if (status === 'loading') return 'wait';
  if (status !== 'ready' || !quote) return 'drop';
  return quote.due === seen.due && quote.currency === seen.currency ? 'pay' : 'changed';
}
