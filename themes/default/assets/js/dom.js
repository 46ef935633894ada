// Makes elements.

/**
 * @param {string} tag
 * @param {Record<string, string | boolean | number>} [attributes] `true` gives a bare attribute, `false` none
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * The one element that a selector names; its absence is a mistake of the template.
 * @param {ParentNode} parent
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function one(parent, selector) {
  const found = parent.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`the template has no ${selector}`);
  return found;
}

/**
 * One drawing of the sprite, copied from one that the page shows already, or from the page's template.
 * @param {string} name
 */
export function icon(name) {
  const sprite = document.documentElement.dataset.icons ?? '';
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
