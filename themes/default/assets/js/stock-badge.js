// Says how many are left: of a product on a card, or of one variant (`data-sku`) on the product's page.

import { t } from './page.js';
import { stockOf } from './stock.js';

class StockBadge extends HTMLElement {
  static observedAttributes = ['data-sku'];

  connectedCallback() {
    document.addEventListener('stock:change', this);
    this.handleEvent();
  }

  disconnectedCallback() { document.removeEventListener('stock:change', this); }

  attributeChangedCallback() { if (this.isConnected) this.handleEvent(); }

  async handleEvent() {
    const { product = '', sku } = this.dataset;
    const { stock, products } = await stockOf(product);
    if (sku !== this.dataset.sku) return;
    const text = sku ? this.words(stock[sku]) : { out: this.dataset.out, low: this.dataset.low, in: '' }[products[product] ?? 'in'];
    this.textContent = text ?? '';
  }

  /** @param {import('../../types').Left | undefined} left */
  words(left) {
    if (!left || left.available === null) return '';
    if (left.available <= 0) return left.backorder ? this.dataset.backorder : this.dataset.out;
    return left.available <= left.low ? t('stock.left', { count: left.available }) : this.dataset.in;
  }
}

customElements.define('stock-badge', StockBadge);
