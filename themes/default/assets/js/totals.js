// The quote's numbers, and what it says about the cart as a whole.

/** @import { Method, Quote, QuoteState } from '../../types' */

import { el } from './dom.js';
import { digits, language, t } from './page.js';
import { money, sentence } from './words.js';

/** @param {number} minor @param {Quote} quote */
export const amount = (minor, quote) => money(minor, quote.currency, language, digits);

/** @param {HTMLElement} list @param {QuoteState} state */
export function showTotals(list, { quote, status }) {
  list.setAttribute('aria-busy', String(status === 'loading'));
  if (!quote) return list.replaceChildren();
  const row = (/** @type {string} */ name, /** @type {string} */ text, kind = '') =>
    el('div', { class: kind }, el('dt', {}, name), el('dd', {}, text));
  const rows = [row(t('cart.subtotal'), amount(quote.subtotal, quote))];
  if (quote.discount_total) rows.push(row(t('cart.discount'), amount(-quote.discount_total, quote)));
  if (quote.needs_shipping) {
    const { shipping } = quote;
    rows.push(row(t('cart.shipping'), shipping === null ? t('cart.shipping_later') : shipping ? amount(shipping, quote) : t('cart.free')));
  }
  if (quote.tax_total && !quote.tax_included) rows.push(row(t('cart.tax'), amount(quote.tax_total, quote)));
  if (quote.gift_cards_total) rows.push(row(t('cart.gift_cards'), amount(-quote.gift_cards_total, quote)));
  rows.push(row(t('cart.due'), amount(quote.due, quote), 'totals__due'));
  if (quote.tax_total && quote.tax_included) rows.push(row(t('cart.tax_included'), amount(quote.tax_total, quote), 'totals__note'));
  list.replaceChildren(...rows);
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
  const facts = JSON.stringify(methods);
  if (set.dataset.facts !== facts && quote) {
    set.dataset.facts = facts;
    const choice = (/** @type {Method} */ method) => el('label', { class: 'choice' },
      el('input', { type: 'radio', name: 'shipping', value: method.code }),
      el('span', { class: 'choice__text' }, method.title, ...(method.days ? [el('small', {}, t('cart.days', { days: method.days.replace('-', '–') }))] : [])),
      el('span', { class: 'choice__price' }, method.price ? amount(method.price, quote) : t('cart.free')));
    set.querySelectorAll('label').forEach((label) => label.remove());
    set.append(...methods.map(choice));
  }
  // While a new quote is awaited, the choice is the shopper's and not that of the old one.
  if (ready) for (const input of set.querySelectorAll('input')) input.checked = input.value === quote?.shipping_method;
}

/**
 * Notices about no line in particular, and why there is no price.
 * @param {HTMLElement} box
 * @param {QuoteState} state
 * @param {() => void} again
 */
export function showNotices(box, { status, quote, problem }, again) {
  const said = status === 'ready' ? (quote?.notices ?? []).filter(({ sku }) => !sku).map(({ message }) => sentence(message)) : [];
  const parts = said.map((text) => el('p', { class: 'notice notice--error' }, text));
  if (status === 'offline' || status === 'refused') {
    const retry = el('button', { type: 'button', class: 'link' }, t('cart.retry'));
    retry.addEventListener('click', again);
    const text = status === 'offline' ? t('cart.offline') : problem?.title ? sentence(problem.title) : t('cart.failed');
    parts.push(el('p', { class: 'notice notice--error', role: 'alert' }, `${text} `, retry));
  }
  box.replaceChildren(...parts);
}
