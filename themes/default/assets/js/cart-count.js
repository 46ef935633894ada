// How many things are in the cart.

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
    this.textContent = count ? String(count) : '';
    const words = (count === 1 ? this.dataset.one : this.dataset.other) ?? '';
    this.setAttribute('role', 'img');
    this.setAttribute('aria-label', words.replace('{count}', String(count)));
  }
}

customElements.define('cart-count', CartCount);
