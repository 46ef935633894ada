// Buttons beside a number.

class QuantityInput extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', this);
    this.addEventListener('input', this);
    this.mark();
  }

  disconnectedCallback() {
    this.removeEventListener('click', this);
    this.removeEventListener('input', this);
  }

  get input() { return /** @type {HTMLInputElement} */ (this.querySelector('input')); }

  /** @param {Event} event */
  handleEvent({ type, target }) {
    const step = type === 'click' && target instanceof Element && target.closest('button')?.dataset.step;
    if (step) {
      const { input } = this;
      const wanted = (input.valueAsNumber || 0) + Number(step);
      input.value = String(Math.max(Number(input.min), Math.min(Number(input.max), wanted)));
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }
    this.mark();
  }

  /** Shows which step is possible. */
  mark() {
    const { input } = this;
    for (const button of this.querySelectorAll('button')) {
      const atEnd = button.dataset.step === '1' ? input.valueAsNumber >= Number(input.max) : input.valueAsNumber <= Number(input.min);
      button.setAttribute('aria-disabled', String(atEnd));
    }
  }
}

customElements.define('quantity-input', QuantityInput);
