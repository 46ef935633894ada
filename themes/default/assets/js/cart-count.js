// How many things are in the cart.

import { digits, t } from './page.js';
import { store } from './store.js';

class CartCount extends HTMLElement {
  connectedCallback() {
    document.addEventListener('cart:change', this);
    this.handleEvent();
  }

  disconnectedCallback() {
    document.removeEventListener('cart:change', this);
  }

  handleEvent() {
    const { count } = store;
    this.textContent = count ? digits(count) : '';
    this.setAttribute('role', 'img');
    this.setAttribute('aria-label', t('cart.count', { count }));
  }
}

customElements.define('cart-count', CartCount);
