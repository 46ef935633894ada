// Says which picture of the strip is shown, and shows the one of the chosen variant.

import { digits } from './page.js';

class ProductGallery extends HTMLElement {
  connectedCallback() {
    const current = this.querySelector('[data-current]');
    if (!current) return;
    this.watcher = new IntersectionObserver((entries) => {
      const seen = entries.find((entry) => entry.isIntersecting);
      if (seen) current.textContent = digits(this.views.indexOf(seen.target) + 1);
    }, { root: this.querySelector('.gallery__strip'), threshold: 0.6 });
    for (const view of this.views) this.watcher.observe(view);
  }

  disconnectedCallback() { this.watcher?.disconnect(); }

  get views() { return [...this.querySelectorAll('.gallery__view')]; }

  /** @param {number} index */
  show(index) {
    const view = this.views[index];
    const strip = view?.parentElement;
    if (!strip || !(view instanceof HTMLElement)) return;
    // In either direction of writing: a view is as wide as the strip.
    if (strip.scrollWidth > strip.clientWidth) strip.scrollBy({ left: view.getBoundingClientRect().left - strip.getBoundingClientRect().left });
    else view.scrollIntoView({ block: 'nearest' });
  }
}

customElements.define('product-gallery', ProductGallery);
