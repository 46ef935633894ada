// Chooses a variant: the options drive price, picture, SKU, stock and what the button says.

/** @import { Period, ProductData, Stock, Variant } from '../../types' */

import './quantity-input.js';
import { el, one } from './dom.js';
import { t } from './page.js';
import { inCurrency, now, show } from './prices.js';
import { stockOf } from './stock.js';
import { fit, store } from './store.js';

class ProductForm extends HTMLElement {
  /** @type {ProductData} */
  product = { options: [], variants: [] };
  /** @type {Stock['stock']} */
  stock = {};

  connectedCallback() {
    this.product = JSON.parse(this.querySelector('[data-product-data]')?.textContent ?? '{}');
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.addEventListener('change', this, { signal });
    this.form.addEventListener('submit', this, { signal });
    addEventListener('pageshow', this, { signal });
    for (const type of ['price:change', 'stock:change']) document.addEventListener(type, this, { signal });
    this.restore();
    this.update();
    this.ask();
  }

  disconnectedCallback() { this.ending?.abort(); }

  async ask() {
    this.stock = (await stockOf(this.dataset.product ?? '')).stock;
    this.update();
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event.type === 'submit') {
      event.preventDefault();
      this.add();
    } else if (event.type === 'stock:change') this.ask();
    else {
      this.update();
      if (event.target instanceof HTMLInputElement && event.target.type === 'radio') this.follow();
    }
  }

  get form() { return /** @type {HTMLFormElement} */ (one(this, 'form')); }

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
      for (const input of set.querySelectorAll('input')) input.checked ||= input.value === variant?.choices[i];
    });
  }

  /** Shows the variant's picture, and its SKU in the address. */
  follow() {
    const variant = this.find(this.choices);
    if (!variant) return;
    history.replaceState(null, '', `?${new URLSearchParams({ variant: variant.sku })}`);
    const gallery = /** @type {(HTMLElement & { show?: (index: number) => void }) | null} */ (document.querySelector('product-gallery'));
    if (variant.picture !== undefined) gallery?.show?.(variant.picture);
  }

  update() {
    const { choices, form: { id } } = this;
    const variant = this.find(choices);
    this.fieldsets.forEach((set, i) => this.mark(set, i, choices));
    if (variant) this.show(variant);
    const isOut = this.isOut(variant);
    const label = isOut ? t(variant ? 'stock.out' : 'product.unavailable') : t('product.add');
    for (const button of document.querySelectorAll(`[form="${id}"], #${id} button:not([type=button])`)) {
      /** @type {HTMLButtonElement} */ (button).disabled = isOut;
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
    const period = now(variant.prices);
    // What the buyer chooses costs what the buyer writes.
    const amount = this.querySelector('[name="field.amount"]');
    for (const price of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-price="${this.form.id}"] .price`))) {
      price.dataset.prices = JSON.stringify(variant.prices);
      price.dataset.was = t('price.was');
      if (!amount) delete price.dataset.from;
      show(price);
    }
    this.tell(variant, period);
    this.querySelector('stock-badge')?.setAttribute('data-sku', variant.sku);
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll('[name="sku"]'))) {
      if (input.type === 'radio') input.checked = input.value === variant.sku;
      else input.value = variant.sku;
    }
    const { quantity } = this;
    const { min = 1, max, step = 1 } = variant;
    Object.assign(quantity, { min, max, step });
    quantity.value = String(fit(quantity.valueAsNumber || min, variant));
    /** @type {HTMLElement & { mark?: () => void } | null} */ (quantity.closest('quantity-input'))?.mark?.();
  }

  /** What else the variant's price is: by measure, for many, until when. @param {Variant} variant @param {Period | undefined} period */
  tell(variant, period) {
    one(this, '[data-per]').textContent = period?.per ?? '';
    one(this, '[data-many]').replaceChildren(...(inCurrency(variant.many) ?? []).map(({ from, text }) => el('li', {}, t('product.many', { count: from, price: text }))));
    const sale = /** @type {HTMLElement | null} */ (this.querySelector('[data-sale]'));
    if (sale) sale.hidden = !period?.compare || period.until === null;
  }

  get quantity() { return /** @type {HTMLInputElement} */ (one(this, '[name="quantity"]')); }

  /** What the shopper adds: a value of each option that the variant leaves open, and what was filled in. @param {Variant} variant */
  fields(variant) {
    const { choices, product } = this;
    const typed = new FormData(this.form);
    const open = product.options.flatMap((name, i) => (variant.choices[i] === null ? [[name, choices[i] ?? '']] : []));
    const filled = [...product.fields ?? [], 'amount'].map((name) => [name, String(typed.get(`field.${name}`) ?? '').trim()]);
    return Object.fromEntries([...open, ...filled.filter(([, value]) => value)]);
  }

  /** Puts the chosen variant into the cart, with the price that was seen, where that is all there is to it. */
  add() {
    const variant = this.find(this.choices);
    if (!variant || this.isOut(variant)) return;
    const fields = this.fields(variant);
    const { sku, min, max, step, many } = variant;
    const minor = now(variant.prices)?.minor;
    const currency = store.currency ?? '';
    const isPlain = minor !== undefined && !many && !this.product.fields?.length && !fields.amount;
    const quantity = this.quantity.valueAsNumber;
    const added = store.add({ sku, quantity, fields, title: this.dataset.title ?? '', min, step, ...(isPlain ? { seen: { currency, minor } } : {}) }, max);
    one(this, '[data-message]').textContent = added < quantity ? t('product.max', { count: max }) : '';
    if (added) this.dispatchEvent(new CustomEvent('cart:open', { bubbles: true }));
  }
}

customElements.define('product-form', ProductForm);
