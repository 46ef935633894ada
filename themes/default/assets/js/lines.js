// The cart's lines as the last quote has them. A line keeps its element while it changes, and so the focus in it.

/** @import { Fault, Line, Notice, QuoteLine, QuoteState } from '../../types' */

import './quantity-input.js';
import { el, icon, one } from './dom.js';
import { money, sentence } from './words.js';
import { digits, here, language, t } from './page.js';
import { keyOf, store } from './store.js';

/** @param {string} key @param {string} title @param {number} max */
function make(key, title, max) {
  const input = /** @type {HTMLInputElement} */ (el('input', { type: 'number', inputmode: 'numeric', min: 1, max, value: 1, 'aria-label': t('cart.quantity', { title }) }));
  const step = (/** @type {string} */ name, /** @type {number} */ by, /** @type {string} */ label) =>
    el('button', { type: 'button', class: 'quantity__step', 'data-step': by, 'aria-label': `${label}: ${title}` }, icon(name));
  const remove = el('button', { type: 'button', class: 'link line__remove', 'aria-label': `${t('cart.remove')}: ${title}` }, t('cart.remove'));
  const item = el('li', { class: 'line' },
    el('div', { class: 'line__picture' }),
    el('div', {}, el('p', { class: 'line__title' }), el('p', { class: 'line__options' })),
    el('p', { class: 'line__total' }),
    el('p', { class: 'line__problem', hidden: true }),
    el('div', { class: 'line__tools' },
      el('quantity-input', { class: 'quantity' }, step('minus', -1, t('cart.fewer')), input, step('plus', 1, t('cart.more'))),
      remove));
  input.addEventListener('change', () => { input.value = String(store.setQuantity(key, Number(input.value))); });
  remove.addEventListener('click', () => {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    store.remove(key);
    /** @type {HTMLElement | null} */ (next?.querySelector('.line__remove') ?? document.querySelector('[data-undo-button], #drawer-title'))?.focus();
  });
  return item;
}

/**
 * @param {HTMLElement} item
 * @param {Line} line
 * @param {QuoteLine | undefined} priced
 * @param {{ currency: string, problem: string | undefined }} facts
 */
function fill(item, line, priced, { currency, problem }) {
  const title = priced?.title || line.title || line.sku;
  const url = priced?.url;
  const named = title + (url ?? '');
  if (item.dataset.named !== named) {
    item.dataset.named = named;
    one(item, '.line__title').replaceChildren(url ? el('a', { href: here(url) }, title) : title);
    if (priced?.image) one(item, '.line__picture').replaceChildren(el('img', { src: here(priced.image), alt: '', width: 88, height: 110 }));
  }
  const options = priced ? priced.options.map(([, value]) => value) : Object.values(line.fields);
  one(item, '.line__options').textContent = options.join(', ');
  const input = /** @type {HTMLInputElement} */ (one(item, 'input'));
  if (Number(input.value) !== line.quantity) input.value = String(line.quantity);
  /** @type {HTMLElement & { mark?: () => void }} */ (one(item, 'quantity-input')).mark?.();
  const total = one(item, '.line__total');
  if (priced?.product) {
    total.replaceChildren(money(priced.total, currency, language, digits));
    if (priced.quantity > 1) total.append(el('small', {}, t('cart.each', { price: money(priced.unit_price, currency, language, digits) })));
  } else total.replaceChildren();
  const words = one(item, '.line__problem');
  words.hidden = !problem;
  if (words.textContent !== (problem ?? '')) words.textContent = problem ?? '';
  item.classList.toggle('line--gone', !!priced && !priced.product);
}

/**
 * @param {HTMLElement} list
 * @param {QuoteState} state
 * @param {number} max
 */
export function showLines(list, { quote, problem }, max) {
  const items = new Map([...list.children].map((item) => [/** @type {HTMLElement} */ (item).dataset.key, /** @type {HTMLElement} */ (item)]));
  const priced = new Map(quote?.lines.map((line) => [keyOf(line), line]));
  /** @type {(Notice | Fault)[]} */
  const said = [...(quote?.notices ?? []), ...(problem?.faults ?? [])];
  const order = store.lines.map((line) => {
    const key = keyOf(line);
    const found = priced.get(key);
    const item = items.get(key) ?? make(key, found?.title || line.title, max);
    item.dataset.key = key;
    const about = said.find(({ sku }) => sku === line.sku)?.message;
    fill(item, line, found, { currency: quote?.currency ?? 'EUR', problem: about && sentence(about) });
    return item;
  });
  for (const item of items.values()) if (!order.includes(item)) item.remove();
  order.forEach((item, i) => {
    if (list.children[i] !== item) list.insertBefore(item, list.children[i] ?? null);
  });
}
