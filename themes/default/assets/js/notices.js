// What the API says, in the page's language: the theme has words for codes and their reasons.

/** @import { Fault, Notice, QuoteState } from '../../types' */

import { has, t } from './page.js';
import { sentence } from './words.js';

/** @param {Notice | Fault} notice */
export function words({ code, message, ...more }) {
  const { reason = '' } = /** @type {Partial<Notice>} */ (more);
  const key = [`notice.${code}.${reason}`, `notice.${code}`].find(has);
  if (!key) return sentence(message);
  // Numbers stand in the message alone: the first one, or where names come before it, the last.
  const numbers = message.match(/(?:[A-Z]{3}\s)?[^\s‘’]*\d[^\s‘’]*/g) ?? [];
  return t(key, { first: numbers[0] ?? '', last: numbers.at(-1) ?? '' });
}

/** What is wrong with an article of the cart. @param {QuoteState} state @param {string} sku */
export function problemOf({ quote, problem }, sku) {
  const about = [...(quote?.notices ?? []), ...(problem?.faults ?? [])].find((said) => said.sku === sku);
  return about && words(about);
}
