// Chooses a variant: the options drive price, picture, SKU, stock and what the button says.

/** @import { Stock, Variant } from '../../types' */

import './quantity-input.js';
import { el, one } from './dom.js';
import { t } from './page.js';
import { stockOf } from './stock.js';
import { store } from './store.js';

class ProductForm extends HTMLElement {
  /** @type {{ options: string[], variants: Variant[] }} */
  product = { options: [], variants: [] };
  /** @type {Stock['stock']} */
  stock = {};

  connectedCallback() {
    this.product = JSON.parse(this.querySelector('[data-product-data]')?.textContent ?? '{}');
    this.form = /** @type {HTMLFormElement} */ (one(this, 'form'));
    this.addEventListener('change', this);
    this.form.addEventListener('submit', this);
    addEventListener('pageshow', this);
    this.restore();
    this.update();
    stockOf(this.dataset.product ?? '').then(({ stock }) => {
      this.stock = stock;
      this.update();
    });
  }

  disconnectedCallback() {
    this.removeEventListener('change', this);
    this.form?.removeEventListener('submit', this);
    removeEventListener('pageshow', this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event.type === 'submit') {
      event.preventDefault();
      this.add();
    } else {
      this.update();
      if (event.target instanceof HTMLInputElement && event.target.type === 'radio') this.follow();
    }
  }

  get fieldsets() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll('[data-option]')]); }

  /** The value chosen for each option. */
  get choices() {
    return this.fieldsets.map((set) => /** @type {HTMLInputElement | null} */ (set.querySelector(':checked'))?.value ?? '');
  }

  /** @param {string[]} choices @returns {Variant | undefined} */
  find(choices) {
    return this.product.variants.find((variant) => variant.choices.every((value, i) => value === null || value === choices[i]));
  }

  /** @param {Variant | undefined} variant */
  isOut(variant) {
    const left = variant && this.stock[variant.sku];
    return !variant || variant.discontinued || (!!left && left.available !== null && left.available <= 0 && !left.backorder);
  }

  /** Takes the variant that the address names. */
  restore() {
    const sku = new URLSearchParams(location.search).get('variant');
    const variant = this.product.variants.find((some) => some.sku === sku);
    this.fieldsets.forEach((set, i) => {
      for (const input of set.querySelectorAll('input')) if (variant && input.value === variant.choices[i]) input.checked = true;
    });
  }

  /** Shows the variant's picture, and its SKU in the address. */
  follow() {
    const variant = this.find(this.choices);
    if (!variant) return;
    const url = new URL(location.href);
    url.searchParams.set('variant', variant.sku);
    history.replaceState(null, '', url);
    const gallery = /** @type {(HTMLElement & { show?: (index: number) => void }) | null} */ (document.querySelector('product-gallery'));
    if (variant.picture !== null) gallery?.show?.(variant.picture);
  }

  update() {
    const { choices } = this;
    const variant = this.find(choices);
    this.fieldsets.forEach((set, i) => this.mark(set, i, choices));
    if (variant) this.show(variant);
    const label = this.isOut(variant) ? t(variant ? 'stock.out' : 'product.unavailable') : t('product.add');
    one(this, '[data-label]').textContent = label;
    for (const button of document.querySelectorAll('button[form="buy"], #buy button:not([type])')) {
      /** @type {HTMLButtonElement} */ (button).disabled = this.isOut(variant);
      const words = button.querySelector('.scripted');
      if (words) words.textContent = label;
    }
  }

  /**
   * Marks the values that lead to nothing with the other options as they are.
   * @param {HTMLElement} set
   * @param {number} place
   * @param {string[]} choices
   */
  mark(set, place, choices) {
    for (const input of set.querySelectorAll('input')) {
      const pick = /** @type {HTMLElement} */ (input.closest('.pick'));
      const variant = this.find(choices.map((value, i) => (i === place ? input.value : value)));
      const out = this.isOut(variant);
      pick.toggleAttribute('data-state', out);
      pick.querySelector('.unseen')?.remove();
      if (out) pick.append(el('span', { class: 'unseen' }, ` (${t(variant ? 'stock.out' : 'product.unavailable')})`));
    }
  }

  /** @param {Variant} variant */
  show(variant) {
    const price = () => {
      const span = el('span', { class: 'price' });
      if (variant.compare) span.append(el('s', {}, el('span', { class: 'unseen' }, `${t('price.was')} `), variant.compare), ' ');
      span.append(variant.text);
      return span;
    };
    one(this, '[data-price]').replaceChildren(price());
    document.querySelector('[data-bar-price]')?.replaceChildren(variant.text);
    this.querySelector('stock-badge')?.setAttribute('data-sku', variant.sku);
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll('[name="sku"]'))) {
      if (input.type === 'radio') input.checked = input.value === variant.sku;
      else input.value = variant.sku;
    }
    const quantity = /** @type {HTMLInputElement} */ (one(this, '[name="quantity"]'));
    quantity.max = String(variant.max);
  }

  /** Puts the chosen variant into the cart; a value of an option that the variant leaves open goes along as a field. */
  add() {
    const { choices } = this;
    const variant = this.find(choices);
    if (!variant || this.isOut(variant)) return;
    const fields = Object.fromEntries(this.product.options.flatMap((name, i) => (variant.choices[i] === null ? [[name, choices[i] ?? '']] : [])));
    const quantity = /** @type {HTMLInputElement} */ (one(this, '[name="quantity"]')).valueAsNumber;
    const added = store.add({ sku: variant.sku, quantity, fields, title: this.dataset.title ?? '' }, variant.max);
    one(this, '[data-message]').textContent = added < quantity ? t('product.max', { count: variant.max }) : '';
    if (added) this.dispatchEvent(new CustomEvent('cart:open', { bubbles: true }));
  }
}

customElements.define('product-form', ProductForm);
