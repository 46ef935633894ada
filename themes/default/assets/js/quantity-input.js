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
      if (step === '1') input.stepUp();
      else input.stepDown();
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }
    this.mark();
  }

  /** Shows which step is possible. */
  mark() {
    const { valueAsNumber, min, max, step } = this.input;
    for (const button of this.querySelectorAll('button')) {
      const next = valueAsNumber + Number(button.dataset.step) * Number(step || 1);
      button.setAttribute('aria-disabled', String(next < Number(min) || next > Number(max)));
    }
  }
}

customElements.define('quantity-input', QuantityInput);
