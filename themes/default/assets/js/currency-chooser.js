// Which currency prices are shown in.

import { store } from './store.js';

class CurrencyChooser extends HTMLElement {
  connectedCallback() {
    this.addEventListener('change', this);
    document.addEventListener('cart:change', this);
    this.show();
  }

  disconnectedCallback() {
    this.removeEventListener('change', this);
    document.removeEventListener('cart:change', this);
  }

  get select() { return /** @type {HTMLSelectElement} */ (this.querySelector('select')); }

  /** @param {Event} event */
  handleEvent({ type }) {
    if (type === 'change') store.choose({ currency: this.select.value });
    else this.show();
  }

  show() { this.select.value = store.currency ?? ''; }
}

customElements.define('currency-chooser', CurrencyChooser);
