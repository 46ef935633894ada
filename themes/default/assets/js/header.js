// What stands in the header of every page: how many things are in the cart, which currency prices are shown in, and the page in
// other languages. All stay as long as the page.

import { digits, t } from './page.js';
import { store } from './store.js';

/** How many things are in the cart. */
class CartCount extends HTMLElement {
  connectedCallback() {
    document.addEventListener('cart:change', this);
    this.handleEvent();
  }

  handleEvent() {
    const { count } = store;
    this.textContent = count ? digits(count) : '';
    this.setAttribute('role', 'img');
    this.setAttribute('aria-label', t('cart.count', { count }));
  }
}

customElements.define('cart-count', CartCount);

/** Which currency prices are shown in. */
class CurrencyChooser extends HTMLElement {
  connectedCallback() {
    this.addEventListener('change', this);
    document.addEventListener('cart:change', this);
    this.handleEvent();
  }

  get select() { return /** @type {HTMLSelectElement} */ (this.querySelector('select')); }

  /** @param {Event} [event] */
  handleEvent(event) {
    if (event?.type === 'change') store.choose({ currency: this.select.value });
    this.select.value = store.currency ?? '';
  }
}

customElements.define('currency-chooser', CurrencyChooser);

// What was chosen, searched or filtered stands in the address, and means the same in another language.
addEventListener('click', ({ target }) => {
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (target).closest('[data-languages] a'));
  if (link) link.search = location.search;
});
