// The quote's numbers, and what it says about the cart as a whole.

/** @import { Method, Quote, QuoteState } from '../../types' */

import { el } from './dom.js';
import { words } from './notices.js';
import { amount, language, t } from './page.js';
import { rowsOf } from './quotes.js';
import { sentence } from './words.js';

/** @param {number} basis_points */
const rate = (basis_points) => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(basis_points / 10_000);

/** @param {HTMLElement} list @param {QuoteState} state */
export function showTotals(list, { quote, status }) {
  list.setAttribute('aria-busy', String(status === 'loading'));
  const rows = quote ? rowsOf(quote, rate) : [];
  list.replaceChildren(...rows.map(({ key, values, title, minor, kind }, i) => {
    const text = minor === null ? t('cart.shipping_later') : minor === 0 && key === 'cart.shipping' ? t('cart.free') : amount(minor, quote?.currency ?? '');
    const isLast = kind === 'total' && !rows.slice(i + 1).some((row) => row.kind === 'total');
    return el('div', { class: isLast ? 'totals__due' : kind ? `totals__${kind}` : '' }, el('dt', {}, title ?? t(key, values)), el('dd', {}, text));
  }));
}

/**
 * What can be chosen to send it with. Built again only when it differs, so that the focus stays.
 * @param {HTMLElement} set
 * @param {Quote | null} quote
 * @param {boolean} [ready] whether the quote is the cart's own and not the one before
 */
export function showMethods(set, quote, ready = true) {
  const methods = quote?.shipping_methods ?? [];
  set.hidden = !methods.length;
  const facts = JSON.stringify([quote?.currency, methods]);
  if (set.dataset.facts !== facts && quote) {
    set.dataset.facts = facts;
    const small = (/** @type {string | null | undefined} */ text) => (text ? [el('small', {}, text)] : []);
    const choice = (/** @type {Method} */ { code, title, price, days, note }) => el('label', { class: 'choice' },
      el('input', { type: 'radio', name: 'shipping', value: code }),
      el('span', { class: 'choice__text' }, title, ...small(days && t('cart.days', { count: days.replace('-', '–') })), ...small(note)),
      el('span', { class: 'choice__price' }, price ? amount(price, quote.currency) : t('cart.free')));
    set.querySelectorAll('label').forEach((label) => label.remove());
    set.append(...methods.map(choice));
  }
  // While a new quote is awaited, the choice is the shopper's and not that of the old one.
  if (ready) for (const input of set.querySelectorAll('input')) input.checked = input.value === quote?.shipping_method;
}

/** Codes are told beside the input that they were typed into. */
const OF_CODES = ['invalid_discount', 'invalid_gift_card', 'discount_not_needed'];

/**
 * Notices about no line in particular, and why there is no price.
 * @param {HTMLElement} box
 * @param {QuoteState} state
 * @param {() => void} again
 */
export function showNotices(box, { status, quote, problem }, again) {
  const notices = status === 'ready' ? quote?.notices ?? [] : [];
  const parts = notices.filter(({ sku, code }) => !sku && !OF_CODES.includes(code)).map((notice) => el('p', { class: 'notice notice--error' }, words(notice)));
  if (status === 'offline' || status === 'refused') {
    const retry = el('button', { type: 'button', class: 'link' }, t('cart.retry'));
    retry.addEventListener('click', again);
    const away = t(problem?.status ? 'cart.away' : 'cart.offline');
    const text = status === 'offline' ? away : problem?.title ? sentence(problem.title) : t('cart.failed');
    parts.push(el('p', { class: 'notice notice--error', role: 'alert' }, `${text} `, retry));
  }
  box.replaceChildren(...parts);
}
