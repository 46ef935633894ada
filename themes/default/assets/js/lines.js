// The cart's lines as the last quote has them, to be changed. A line keeps its element while it changes, and so the focus in it.

/** @import { Line, QuoteLine, QuoteState, Seen } from '../../types' */

import './quantity-input.js';
import { el, icon, one } from './dom.js';
import { about, byKey, costs, picture } from './line.js';
import { problemOf } from './notices.js';
import { amount, here, t } from './page.js';
import { look } from './seen.js';
import { keyOf, store } from './store.js';

/** What cost something else before this page, by line, until the shopper changes the line. @type {Map<string, Seen>} */
const before = new Map();

/** @param {Line} line @param {string} title @param {number} most */
function make(line, title, most) {
  const key = keyOf(line);
  const { min = 1, max = most, step = 1 } = line;
  const input = /** @type {HTMLInputElement} */ (el('input', { type: 'number', inputmode: 'numeric', min, max, step, value: 1, 'aria-label': t('cart.quantity', { title }) }));
  const button = (/** @type {string} */ name, /** @type {number} */ by, /** @type {string} */ label) =>
    el('button', { type: 'button', class: 'quantity__step', 'data-step': by, 'aria-label': `${label}: ${title}` }, icon(name));
  const remove = el('button', { type: 'button', class: 'link line__remove', 'aria-label': `${t('cart.remove')}: ${title}` }, t('cart.remove'));
  const item = el('li', { class: 'line', 'data-key': key },
    el('div', { class: 'line__picture' }),
    el('div', {}, el('p', { class: 'line__title' }), el('p', { class: 'line__options' })),
    el('p', { class: 'line__total' }),
    el('p', { class: 'line__problem', 'data-problem': true, hidden: true }),
    el('p', { class: 'line__change', role: 'status', hidden: true }),
    el('div', { class: 'line__tools' },
      el('quantity-input', { class: 'quantity' }, button('minus', -1, t('cart.fewer')), input, button('plus', 1, t('cart.more'))),
      remove));
  input.addEventListener('change', () => {
    before.delete(key);
    input.value = String(store.setQuantity(key, Number(input.value)));
  });
  remove.addEventListener('click', () => {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    before.delete(key);
    store.remove(key);
    /** @type {HTMLElement | null} */ (next?.querySelector('.line__remove') ?? document.querySelector('[data-undo-button]'))?.focus();
  });
  return item;
}

/** @param {HTMLElement} place @param {string} text */
function say(place, text) {
  place.hidden = !text;
  if (place.textContent !== text) place.textContent = text;
}

/**
 * @param {HTMLElement} item
 * @param {Line} line
 * @param {QuoteLine | undefined} priced
 * @param {QuoteState} state
 */
function fill(item, line, priced, state) {
  const { currency } = state.quote ?? {};
  const title = priced?.title || line.title || line.sku;
  const url = priced?.url;
  const named = title + (url ?? '');
  if (item.dataset.named !== named) {
    item.dataset.named = named;
    one(item, '.line__title').replaceChildren(el('bdi', {}, url ? el('a', { href: here(url) }, title) : title));
    one(item, '.line__picture').replaceChildren(...picture(priced));
  }
  one(item, '.line__options').replaceChildren(about(priced));
  const input = /** @type {HTMLInputElement} */ (one(item, 'input'));
  if (Number(input.value) !== line.quantity) input.value = String(line.quantity);
  /** @type {HTMLElement & { mark?: () => void }} */ (one(item, 'quantity-input')).mark?.();
  one(item, '.line__total').replaceChildren(...(priced?.product && currency ? costs(priced, currency) : []));
  say(one(item, '[data-problem]'), problemOf(state, line.sku) ?? '');
  const was = before.get(keyOf(line));
  const text = (/** @type {number} */ minor) => amount(minor, currency ?? '');
  const isTold = was && priced?.product && was.currency === currency;
  say(one(item, '.line__change'), isTold ? t('cart.price_changed', { before: text(was.minor), after: text(priced.unit_price) }) : '');
  item.classList.toggle('line--gone', !!priced && !priced.product);
}

/**
 * @param {HTMLElement} list
 * @param {QuoteState} state
 * @param {number} max
 */
export function showLines(list, state, max) {
  const { quote, status } = state;
  if (quote && status === 'ready') {
    store.note((lines) => {
      const { looked, changed } = look(lines, quote);
      for (const [key, seen] of changed) before.set(key, seen);
      return looked;
    });
  }
  const items = new Map([...list.children].map((item) => [/** @type {HTMLElement} */ (item).dataset.key, /** @type {HTMLElement} */ (item)]));
  const priced = byKey(quote);
  const order = store.lines.map((line) => {
    const key = keyOf(line);
    const found = priced.get(key);
    const item = items.get(key) ?? make(line, found?.title || line.title, max);
    fill(item, line, found, state);
    return item;
  });
  for (const item of items.values()) if (!order.includes(item)) item.remove();
  order.forEach((item, i) => {
    if (list.children[i] !== item) list.insertBefore(item, list.children[i] ?? null);
  });
}
