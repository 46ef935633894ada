// Filters and sorts a whole list of products. What is asked for stands in the address; without that, the page is as it came.

/** @import { FilterKind, Filtered, Wish } from '../../types' */

import { one } from './dom.js';
import { count, isNothing, nothing, read, typed, write } from './filter-address.js';
import { decimals, language, t } from './page.js';
import { show } from './prices.js';
import { store } from './store.js';

// Who types on, or chooses several things, hears of nothing in between.
const QUIET_MS = 600;
const EVENTS = ['input', 'change', 'submit', 'click', 'pointerover', 'focusin'];

/** @param {string} url @param {boolean} [isAgain] */
async function fetchJson(url, isAgain) {
  const response = await fetch(url, isAgain ? { cache: 'reload' } : {});
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

/** @param {string} key @param {number} n */
const counted = (key, n) => t(key, { count: n });

class ProductList extends HTMLElement {
  /** @type {Promise<ReturnType<typeof import('./filter-index.js').createFilters> & typeof import('./filter-chips.js')> | undefined} */
  filters;
  /** @type {Wish} */
  wish = nothing();
  /** The cards that the page came with. @type {Element[] | undefined} */
  own;
  /** How many products are shown. */
  shown = 0;
  /** What was asked for last; older answers are not shown. */
  asked = 0;
  currency = store.currency;
  /** What is said beside the next count. */
  note = '';
  /** The input that is being changed. @type {EventTarget | null} */
  typing = null;
  /** Where the panel stands beside the products. */
  wide = matchMedia('(min-width: 64rem)');

  connectedCallback() {
    this.kinds = new Map(this.groups.map((group) => [group.dataset.group ?? '', /** @type {FilterKind} */ (group.dataset.kind)]));
    this.list = one(this, '.cards');
    this.own ??= [...this.list.children];
    this.unfoldPanel();
    this.wide.addEventListener('change', this);
    for (const type of EVENTS) this.addEventListener(type, this);
    window.addEventListener('popstate', this);
    document.addEventListener('price:change', this);
    this.open();
  }

  disconnectedCallback() {
    this.wide.removeEventListener('change', this);
    for (const type of EVENTS) this.removeEventListener(type, this);
    window.removeEventListener('popstate', this);
    document.removeEventListener('price:change', this);
    clearTimeout(this.timer);
  }

  get groups() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll('[data-group]')]); }

  get panel() { return /** @type {HTMLDetailsElement} */ (one(this, '[data-panel]')); }

  get sort() { return /** @type {HTMLSelectElement} */ (one(this, '[data-sort]')); }

  /** @param {Event} event */
  handleEvent(event) {
    const { type } = event;
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.target === this.wide) this.unfoldPanel();
    else if (type === 'popstate') this.open();
    else if (type === 'price:change') this.reprice();
    else if (type === 'input') this.typing = target;
    else if (type === 'change') this.change();
    else if (type === 'click') this.press(/** @type {HTMLElement | null} */ (target.closest('button')));
    else if (type === 'submit') {
      event.preventDefault();
      this.change();
      const wrong = this.wrong[0];
      if (wrong) return wrong.focus();
      // On a narrow page the panel stands before what it has left.
      this.unfoldPanel();
      if (!this.panel.open) one(this, '[data-count]').focus();
    } else if (target.closest('[data-panel], [data-sort]')) this.load().catch(() => {});
  }

  /** Beside the products it is always open, above them only when it is asked for. */
  unfoldPanel() { this.panel.open = this.wide.matches; }

  /** @param {HTMLElement | null} button */
  press(button) {
    const { remove, value = '' } = button?.dataset ?? {};
    if (button?.matches('[data-more]')) this.more();
    else if (button?.matches('[data-all]')) this.unfold(button);
    else if (button?.matches('[data-clear]')) this.clear();
    else if (remove) this.without(remove, value);
  }

  /** What the list's file says; fetched when somebody is about to filter, and again where its cards have gone. @param {boolean} [isAgain] */
  load(isAgain) {
    if (isAgain || !this.filters) {
      const loading = Promise.all([import('./filter-index.js'), import('./filter-chips.js'), fetchJson(this.dataset.index ?? '', isAgain)])
        .then(([{ createFilters }, { chips }, file]) => ({ ...createFilters(file, fetchJson), chips }));
      loading.catch(() => { if (this.filters === loading) this.filters = undefined; });
      this.filters = loading;
    }
    return this.filters;
  }

  /** What the address asks for. */
  open() {
    this.wish = read(new URLSearchParams(location.search), this.kinds ?? new Map());
    this.shown = Number(history.state?.shown) || 0;
    this.forgive(this.wrong);
    this.fill();
    if (!isNothing(this.wish) || this.isOther) this.update();
  }

  /** Asks for what the form says. What is no number stays there, is told beside it, and takes nothing away. */
  change() {
    this.typing = null;
    this.ask(this.typed());
  }

  get wrong() { return /** @type {HTMLInputElement[]} */ ([...this.querySelectorAll('[data-panel] [aria-invalid]')]); }

  /** Marks an input that holds no number, and says so below it. @param {HTMLInputElement} input @param {boolean} isWrong */
  mark(input, isWrong) {
    if (isWrong === input.matches('[aria-invalid]')) return;
    const words = isWrong ? t('filter.number') : '';
    if (isWrong) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
    const place = document.getElementById(input.getAttribute('aria-describedby') ?? '');
    if (place) place.textContent = words;
    this.note = words;
  }

  /** Nothing is asked of these any more. @param {HTMLInputElement[]} inputs */
  forgive(inputs) {
    this.typing = null;
    for (const input of inputs) this.mark(input, false);
  }

  /** What the form says. */
  typed() {
    const wish = nothing();
    wish.sort = this.sort.value;
    for (const [key, kind] of this.kinds ?? []) {
      const inputs = this.inputs(key);
      if (kind === 'choice') {
        const chosen = inputs.filter(({ checked }) => checked).map(({ value }) => value);
        // What is chosen and not on the page, because there are many choices, stays.
        const hidden = (this.wish.choices[key] ?? []).filter((value) => !inputs.some((input) => input.value === value));
        if (chosen.length + hidden.length) wish.choices[key] = [...chosen, ...hidden];
      } else if (kind === 'flag') {
        if (inputs[0]?.checked) wish.flags.push(key);
      } else {
        const ends = inputs.map((input) => {
          const end = typed(input.value, language);
          this.mark(input, end === null && !!input.value.trim());
          return end;
        });
        if (ends.some((end) => end !== null)) wish.ranges[key] = [ends[0] ?? null, ends[1] ?? null];
      }
    }
    return wish;
  }

  /** @param {string} key */
  inputs(key) {
    const group = this.groups.find((some) => some.dataset.group === key);
    return /** @type {HTMLInputElement[]} */ ([...group?.querySelectorAll('input') ?? []]);
  }

  /** Shows in the form what is asked for, but where somebody is typing, or has mistyped. */
  fill() {
    this.sort.value = this.wish.sort;
    const place = this.querySelector('[data-currency]');
    if (place) place.textContent = `(${store.currency})`;
    for (const [key, kind] of this.kinds ?? []) {
      const inputs = this.inputs(key);
      if (kind === 'choice') for (const input of inputs) input.checked = this.wish.choices[key]?.includes(input.value) ?? false;
      else if (kind === 'flag') for (const input of inputs) input.checked = this.wish.flags.includes(key);
      else {
        inputs.forEach((input, end) => {
          if (input.matches('[aria-invalid]') || (input === this.typing && input === document.activeElement)) return;
          const value = this.wish.ranges[key]?.[end] ?? null;
          input.value = value === null ? '' : new Intl.NumberFormat(language, { useGrouping: false }).format(value);
        });
      }
    }
  }

  /** @param {Wish} wish */
  ask(wish) {
    const query = write(wish, this.kinds ?? new Map(), new URLSearchParams(location.search));
    const { url = '' } = this.dataset;
    this.wish = wish;
    this.shown = 0;
    this.fill();
    // What is filtered is the whole list; its further pages show a part of it.
    if (location.pathname !== url) return location.assign(url + query);
    if (query !== location.search) history.pushState(null, '', url + query);
    this.update();
  }

  clear() {
    this.forgive(this.wrong);
    this.ask({ ...nothing(), sort: this.wish.sort });
    one(this, '[data-count]').focus();
  }

  /** @param {string} key @param {string} value of a choice */
  without(key, value) {
    const { choices, ranges, flags } = this.wish;
    const { [key]: chosen = [], ...others } = choices;
    const { [key]: _, ...otherRanges } = ranges;
    const left = chosen.filter((one) => one !== value);
    this.forgive(this.inputs(key));
    this.ask({ ...this.wish, choices: left.length ? { ...others, [key]: left } : others, ranges: otherRanges, flags: flags.filter((flag) => flag !== key) });
    one(this, '[data-count]').focus();
  }

  /** Prices are others: by themselves, or in another currency, in which no limit holds that was meant for the one before. */
  reprice() {
    const isOther = this.currency !== store.currency;
    this.currency = store.currency;
    this.fill();
    const { price, ...ranges } = this.wish.ranges;
    if (isOther && price) {
      this.note = t('filter.repriced');
      this.ask({ ...this.wish, ranges });
    } else if (this.filters && (this.isOther || this.isCounted)) this.update();
  }

  async more() {
    const before = this.list?.children.length ?? 0;
    const { perPage } = await this.load();
    this.shown = before + perPage;
    history.replaceState({ ...history.state, shown: this.shown }, '');
    await this.update();
    /** @type {HTMLElement | null | undefined} */ (this.list?.children[before]?.querySelector('a'))?.focus();
  }

  /** Finds and shows; with another file where this one names cards that are gone. @param {boolean} [isAgain] @returns {Promise<void>} */
  async update(isAgain) {
    const asked = (this.asked += 1);
    let answer;
    try {
      answer = await this.answer(asked, isAgain);
    } catch {
      if (this.asked !== asked) return;
      if (!isAgain && navigator.onLine) return this.update(true);
      return this.say(t(navigator.onLine ? 'filter.failed' : 'filter.offline'));
    }
    if (this.asked === asked) this.show(...answer);
  }

  /** @param {number} asked @param {boolean} [isAgain] @returns {Promise<Parameters<ProductList['show']>>} */
  async answer(asked, isAgain) {
    const filters = await this.load(isAgain);
    if (this.asked === asked) this.forget(filters);
    const { wish } = this;
    const factor = 10 ** decimals(store.currency ?? '');
    const { price } = wish.ranges;
    const inMinor = price ? { ...wish.ranges, price: /** @type {[number | null, number | null]} */ (price.map((end) => (end === null ? null : Math.round(end * factor)))) } : wish.ranges;
    const found = await filters.find({ ...wish, ranges: inMinor }, store.currency ?? '', Date.now() / 1000);
    const shown = Math.max(this.shown, filters.perPage);
    return [filters, found, isNothing(wish) ? [] : await filters.cards(found.products.slice(0, shown))];
  }

  /** @param {Awaited<ReturnType<ProductList['load']>>} filters @param {Filtered} found @param {string[]} cards */
  show(filters, found, cards) {
    const { list, own = [], wish } = this;
    this.isOther = !isNothing(wish);
    if (this.isOther) {
      const made = document.createElement('template');
      made.innerHTML = cards.map((card) => `<li>${card}</li>`).join('');
      list?.replaceChildren(made.content);
    } else list?.replaceChildren(...own);
    // The currency, or the time, may be another than when the cards were made.
    /** @type {NodeListOf<HTMLElement> | undefined} */ (list?.querySelectorAll('[data-prices]'))?.forEach(show);
    const { length } = found.products;
    if (list) list.hidden = length === 0;
    one(this, '[data-none]').hidden = length > 0;
    one(this, '[data-more]').hidden = !this.isOther || length <= cards.length;
    const pages = /** @type {HTMLElement | null} */ (this.querySelector('.pagination'));
    if (pages) pages.hidden = this.isOther;
    one(this, '[data-go]').textContent = counted('filter.show', length);
    this.count(filters, found);
    const chips = filters.chips(wish, this.groups, filters.value);
    const chosen = one(this, '[data-chips]');
    chosen.replaceChildren(...chips);
    chosen.hidden = !chips.length;
    one(this, '[data-active]').textContent = String(count(wish) || '');
    this.say(counted('filter.count', length), [this.note, length ? '' : t('filter.none')].filter(Boolean).join(' '));
    this.note = '';
  }

  /** Takes away choices that the list does not know: those of an old link, or of another language. @param {Awaited<ReturnType<ProductList['load']>>} filters */
  forget(filters) {
    const choices = Object.entries(this.wish.choices).map(([key, values]) => [key, values.filter((value) => filters.value(key, value))]);
    this.wish = { ...this.wish, choices: Object.fromEntries(choices.filter(([, values]) => values?.length)) };
    const query = write(this.wish, this.kinds ?? new Map(), new URLSearchParams(location.search));
    if (query !== location.search) history.replaceState(history.state, '', location.pathname + query);
  }

  /** How many products each choice would leave. @param {Awaited<ReturnType<ProductList['load']>>} filters @param {Filtered} found */
  count(filters, found) {
    this.isCounted = true;
    const format = new Intl.NumberFormat(language);
    for (const { key, kind, values = [] } of filters.groups) {
      const counts = found.counts[key] ?? [];
      const byKey = new Map(values.map((value, place) => [value.key, counts[place] ?? 0]));
      const inputs = this.inputs(key);
      for (const input of inputs.filter(({ type }) => type === 'checkbox')) {
        const n = (values.length ? byKey.get(input.value) : counts[0]) ?? 0;
        const place = input.closest('label')?.querySelector('[data-n]');
        if (place) place.textContent = format.format(n);
        input.closest('label')?.toggleAttribute('data-empty', n === 0);
      }
      const ends = found.bounds[key];
      if (ends && (kind === 'price' || kind === 'number')) inputs.forEach((input, end) => { input.placeholder = this.end(key, ends[end] ?? 0, end); });
    }
  }

  /** An end of a range, as one could type it: of prices whole numbers that leave nothing out. @param {string} key @param {number} value @param {number} end */
  end(key, value, end) {
    if (key !== 'price') return new Intl.NumberFormat(language).format(value);
    const major = value / 10 ** decimals(store.currency ?? '');
    return String(end === 0 ? Math.floor(major) : Math.ceil(major));
  }

  /** All choices of a group. @param {HTMLElement} button */
  async unfold(button) {
    const group = /** @type {HTMLElement} */ (button.closest('[data-group]'));
    const { group: key = '' } = group.dataset;
    const filters = await this.load().catch(() => undefined);
    if (!filters) return this.say(t(navigator.onLine ? 'filter.failed' : 'filter.offline'));
    const list = one(group, 'ul');
    const known = new Map([...list.children].map((item) => [item.querySelector('input')?.value, item]));
    const values = filters.groups.find((some) => some.key === key)?.values ?? [];
    const items = values.map((value) => {
      const item = known.get(value.key) ?? /** @type {Element} */ (one(group, 'li').cloneNode(true));
      if (known.has(value.key)) return item;
      const input = /** @type {HTMLInputElement} */ (item.querySelector('input'));
      const title = one(item, '[data-word]');
      [input.value, input.checked, title.textContent] = [value.key, this.wish.choices[key]?.includes(value.key) ?? false, value.title];
      title.removeAttribute('lang');
      title.removeAttribute('dir');
      if (value.lang) [title.lang, title.dir] = [value.lang, 'auto'];
      item.querySelector('.swatch')?.remove();
      return item;
    });
    const first = items.find((item) => !known.has(item.querySelector('input')?.value));
    list.replaceChildren(...items);
    button.remove();
    first?.querySelector('input')?.focus();
    this.update();
  }

  /** Seen at once, and heard when the shopper has come to rest. @param {string} words @param {string} [more] what is seen elsewhere */
  say(words, more = '') {
    one(this, '[data-count]').textContent = words;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { one(this, '[data-status]').textContent = more || words; }, QUIET_MS);
  }
}

customElements.define('product-list', ProductList);
