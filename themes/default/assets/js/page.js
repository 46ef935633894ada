// What the page itself says: where the API is, in which language and currency, and the texts for scripts.

const root = document.documentElement;

export const api = root.dataset.api ?? '/api';
export const currency = root.dataset.currency ?? '';
export const digits = root.dataset.digits ? Number(root.dataset.digits) : undefined;
export const language = root.lang;

const base = root.dataset.base ?? '';

/** An address of the shop, which the API gives from the shop's root, as the browser needs it. @param {string} address */
export const here = (address) =>
  base && address.startsWith('/') && !address.startsWith(`${base}/`) ? base + address : address;

/** @type {Record<string, string>} */
const texts = JSON.parse(document.getElementById('texts')?.textContent || '{}');

/**
 * A text of the theme, its places filled.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export const t = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
