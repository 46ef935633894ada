// An amount that the buyer chooses, such as that of a gift card: its limits and suggestions follow the currency.

import { el, one } from './dom.js';
import { store } from './store.js';

/** @typedef {{ value: string, text: string }} Amount */

class ChosenAmount extends HTMLElement {
  /** @type {string | null} the currency shown */
  shown = null;

  connectedCallback() {
    this.addEventListener('click', this);
    document.addEventListener('cart:change', this);
    this.show();
  }

  disconnectedCallback() {
    this.removeEventListener('click', this);
    document.removeEventListener('cart:change', this);
  }

  get input() { return /** @type {HTMLInputElement} */ (one(this, 'input')); }

  /** @param {Event} event */
  handleEvent({ type, target }) {
    if (type === 'cart:change') return this.show();
    const button = target instanceof Element && target.closest('button');
    if (button) this.input.value = button.value;
  }

  show() {
    /** @type {Record<string, { min: Amount, max: Amount, suggestions: Amount[] }>} */
    const amounts = JSON.parse(this.dataset.amounts ?? '{}');
    const found = amounts[store.currency ?? ''];
    if (!found || this.shown === store.currency) return;
    this.shown = store.currency;
    const { min, max, suggestions } = found;
    Object.assign(this.input, { min: min.value, max: max.value });
    one(this, '.field__hint').textContent = (this.dataset.hint ?? '').replace('{min}', min.text).replace('{max}', max.text);
    this.querySelector('.option__values')?.replaceChildren(...suggestions.map(({ value, text }) => el('button', { type: 'button', class: 'pick', value }, text)));
  }
}

customElements.define('chosen-amount', ChosenAmount);
