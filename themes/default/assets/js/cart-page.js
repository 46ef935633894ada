// The cart's page: lines, codes, where it goes, method, and the quote's numbers.

import { one } from './dom.js';
import { showLines } from './lines.js';
import { t } from './page.js';
import { quotes } from './page-quotes.js';
import { isBlocked } from './quotes.js';
import { store } from './store.js';
import { showMethods, showNotices, showTotals } from './totals.js';

/** Where taxes, or what sending costs, may depend on a state or province. */
const WITH_REGIONS = ['AU', 'BR', 'CA', 'CN', 'ES', 'IN', 'IT', 'JP', 'MX', 'US'];

class CartPage extends HTMLElement {
  isShown = false;

  connectedCallback() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    const country = this.field('country');
    if (store.cart.country) country.value = store.cart.country;
    else if (country.value && store.lines.length) store.choose({ country: country.value });
    document.addEventListener('cart:quote', this, { signal });
    this.addEventListener('change', this, { signal });
    this.addEventListener('click', this, { signal });
    quotes.start(signal);
    this.show();
  }

  disconnectedCallback() { this.ending?.abort(); }

  /** @param {'country' | 'region' | 'postcode'} name */
  field(name) { return /** @type {HTMLSelectElement | HTMLInputElement} */ (one(this, `[data-${name}]`)); }

  /** @param {Event} event */
  handleEvent({ type, target }) {
    if (type === 'cart:quote') this.show();
    if (type === 'change') this.choose(/** @type {HTMLInputElement} */ (target));
    if (type === 'click' && target instanceof Element && target.closest('[data-undo-button]')) store.undo();
  }

  /** @param {HTMLInputElement} field what was changed */
  choose({ name, value, dataset }) {
    if (name === 'shipping') store.choose({ shipping: value });
    if ('country' in dataset) store.choose({ country: value || null, shipping: null, region: null, postcode: null });
    if ('region' in dataset) store.choose({ region: value.trim() || null });
    if ('postcode' in dataset) store.choose({ postcode: value.trim() || null });
  }

  /** What of an address the cart has; what is being typed stays. */
  showPlace() {
    const { cart } = store;
    for (const name of /** @type {const} */ (['country', 'region', 'postcode'])) {
      const field = this.field(name);
      if (field !== document.activeElement && (cart[name] || name !== 'country')) field.value = cart[name] ?? '';
    }
    /** @type {HTMLElement} */ (this.field('region').closest('.field')).hidden = !WITH_REGIONS.includes(cart.country ?? '');
  }

  show() {
    const { state } = quotes;
    const { removed, lines, cart } = store;
    // Shown at once and whole, so that nothing moves when the numbers come.
    const isFirst = !this.isShown && state.status === 'loading' && !state.quote;
    this.isShown = !isFirst;
    one(this, '[data-filled]').hidden = isFirst || (!lines.length && !removed);
    one(this, '[data-empty]').hidden = !!lines.length;
    one(this, '.cart__side').hidden = !lines.length;
    this.showPlace();
    showLines(one(this, '[data-lines]'), state, Number(this.dataset.max));
    showTotals(one(this, '[data-totals]'), state);
    showMethods(one(this, '[data-methods]'), state.quote, state.status === 'ready');
    showNotices(one(this, '[data-notices]'), state, () => quotes.again());
    one(this, '[data-undo]').hidden = !removed;
    const words = removed ? t('cart.removed', { title: removed.title }) : '';
    if (one(this, '[data-undo-text]').textContent !== words) one(this, '[data-undo-text]').textContent = words;
    const blocked = isBlocked(state, cart.placing);
    const forward = /** @type {HTMLAnchorElement} */ (one(this, '[data-forward]'));
    forward.setAttribute('aria-disabled', String(blocked));
    if (blocked) forward.removeAttribute('href');
    else forward.href = this.dataset.checkout ?? '';
    one(this, '[data-status]').textContent = isFirst ? t('cart.loading') : '';
  }
}

customElements.define('cart-page', CartPage);
