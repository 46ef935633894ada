// Searches while a shopper types. The query stands in the address; results are links, and how many there are is said aloud.

/** @import { Finds, Hit } from '../../types' */

import { el, one } from './dom.js';
import { t } from './page.js';
import { show } from './prices.js';
import { createIndex } from './search-index.js';

const PAGE = 10;
// Who types on hears of nothing in between, and has no entry of the history for each letter.
const QUIET_MS = 400;

/** @param {string} url @param {boolean} isAgain */
async function fetchText(url, isAgain) {
  const response = await fetch(url, isAgain ? { cache: 'reload' } : {});
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.text();
}

/** What a hit is, in a few words, and its own line, which may be in another language. @param {Hit} hit */
function about({ kind, count, line, lang }) {
  const words = [kind === 'product' ? '' : t(`search.${kind}`), count === undefined ? '' : t('search.things', { count })].filter(Boolean).join(' · ');
  const own = count === undefined && line ? el('bdi', { lang: lang || false }, line) : '';
  return [words, words && own ? ' · ' : '', own];
}

/** @param {NonNullable<Hit['price']>} price */
function priceOf({ text, from, compare, data }) {
  const was = t('search.was');
  const price = el('span', { class: 'price', 'data-was': was, 'data-from': from ? t('search.from') : '{price}' });
  // Without periods it is always this one.
  price.dataset.prices = JSON.stringify(data ?? { '': [{ until: null, text, compare: compare ?? null }] });
  show(price);
  return price;
}

/** @param {Hit} hit */
function item(hit) {
  const picture = el('span', { class: 'hit__picture' });
  // The name beside it says what it shows.
  if (hit.picture) picture.append(el('img', { src: hit.picture, alt: '', loading: 'lazy', decoding: 'async' }));
  const title = el('span', { class: 'hit__title' }, el('a', { href: hit.url, lang: hit.lang || false, dir: hit.lang ? 'auto' : false }, hit.title));
  const price = el('span', { class: 'hit__price' }, ...(hit.price ? [priceOf(hit.price)] : []));
  return el('li', { class: `hit hit--${hit.kind}` }, picture, title, price, el('span', { class: 'hit__about' }, ...about(hit)));
}

class SiteSearch extends HTMLElement {
  /** @type {ReturnType<typeof createIndex> | undefined} */
  index;
  /** How many results are wanted. */
  most = PAGE;
  /** The query that was asked for last; older answers are not shown. */
  asked = '';

  connectedCallback() {
    this.index ??= createIndex(this.dataset.index ?? '', fetchText);
    this.index.prepare();
    for (const type of ['input', 'submit', 'click', 'keydown']) this.addEventListener(type, this);
    window.addEventListener('popstate', this);
    this.read();
    if (!this.input.value) this.input.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    for (const type of ['input', 'submit', 'click', 'keydown']) this.removeEventListener(type, this);
    window.removeEventListener('popstate', this);
    clearTimeout(this.timer);
  }

  get input() { return /** @type {HTMLInputElement} */ (one(this, 'input')); }

  get links() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.hit a')]); }

  /** @param {Event} event */
  handleEvent(event) {
    const { type, target } = event;
    if (type === 'popstate') this.read();
    else if (type === 'keydown') this.move(/** @type {KeyboardEvent} */ (event));
    else if (type === 'click') {
      if (target instanceof Element && target.closest('[data-more]')) this.more();
    } else {
      if (type === 'submit') event.preventDefault();
      this.most = PAGE;
      this.search(type === 'submit');
    }
  }

  /** What the address asks for. */
  read() {
    this.input.value = new URLSearchParams(location.search).get('q') ?? '';
    this.most = PAGE;
    this.search(true);
  }

  /** Up and down go through the results, Escape goes back to what is typed. @param {KeyboardEvent} event */
  move(event) {
    const stops = [this.input, ...this.links];
    const at = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Escape: at > 0 ? 0 : -1 }[event.key];
    if (at < 0 || to === undefined || event.isComposing) return;
    const stop = stops[to];
    if (!stop || stop === document.activeElement) return;
    event.preventDefault();
    stop.focus();
  }

  async more() {
    const before = this.links.length;
    this.most += PAGE;
    await this.search(true);
    this.links[before]?.focus();
  }

  /** @param {boolean} isAtOnce */
  async search(isAtOnce) {
    const query = this.input.value.trim() && this.input.value;
    const asked = `${query}\n${this.most}`;
    this.asked = asked;
    this.said = '';
    this.isQuiet = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(query), isAtOnce ? 0 : QUIET_MS);
    try {
      const found = query ? await this.index?.find(query, this.most) : undefined;
      if (this.asked !== asked) return;
      this.show(query, found);
    } catch {
      if (this.asked === asked) this.say(t(navigator.onLine ? 'search.failed' : 'search.offline'));
    }
  }

  /** @param {string} query @param {(Finds & { hits: Hit[] }) | undefined} found */
  show(query, found) {
    const list = one(this, '[data-hits]');
    list.replaceChildren(...(found?.hits ?? []).map(item));
    list.hidden = !found?.hits.length;
    one(this, '[data-more]').hidden = !found || found.total <= found.hits.length;
    if (!found || found.isShort) return this.say(query ? t('search.short') : '');
    const { total, isPartial, isMistyped } = found;
    const count = total ? t('search.count', { count: total, query: query.trim() }) : t('search.none', { query: query.trim() });
    const how = total && isMistyped ? t('search.similar') : isPartial ? t('search.some') : '';
    this.say([count, how].filter(Boolean).join(' '));
  }

  /** @param {string} words */
  say(words) {
    one(this, '[data-summary]').textContent = words;
    this.said = words;
    // What stands below the results comes with the first of them, so that nothing moves.
    this.dataset.ready = '';
    // Who has stopped typing already hears it now.
    if (this.isQuiet) one(this, '[data-status]').textContent = words;
  }

  /** The shopper has stopped typing. @param {string} query */
  settle(query) {
    this.isQuiet = true;
    const url = new URL(location.href);
    if (query.trim()) url.searchParams.set('q', query.trim());
    else url.searchParams.delete('q');
    if (url.href !== location.href) history.replaceState(history.state, '', url);
    one(this, '[data-status]').textContent = this.said ?? '';
  }
}

customElements.define('site-search', SiteSearch);
