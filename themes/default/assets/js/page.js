// What the page itself says: where the API is, in which language, and how it writes texts and amounts.

/** @import { Text } from '../../types' */

import { fill, money } from './words.js';

const root = document.documentElement;

export const api = root.dataset.api ?? '/api';
export const language = root.lang;

/** An amount as the page's language writes it, with the decimals that the shop gives its currency. @param {number} minor @param {string} currency */
export const amount = (minor, currency) => money(minor, currency, language, decimals(currency));

/** The decimals that the shop gives a currency; 2 where the page does not say it. @param {string} currency */
export const decimals = (currency) => parseInt(root.dataset.currencies?.split(`${currency}:`)[1] ?? '2', 10);

const base = root.dataset.base ?? '';

/** An address of the shop, which the API gives from the shop's root, as the browser needs it. @param {string} address */
export const here = (address) =>
  base && address.startsWith('/') && !address.startsWith(`${base}/`) ? base + address : address;

/** A whole number as the page's language writes it. @param {number} number */
export const digits = (number) => number.toLocaleString(language);

/** @type {Record<string, Text>} */
const texts = {};
for (const part of document.querySelectorAll('[data-texts]')) Object.assign(texts, JSON.parse(part.textContent || '{}'));

/** Whether the theme has a text. @param {string} key */
export const has = (key) => key in texts;

/**
 * A text of the theme, its places filled; in the form that `count` asks for, where it has several.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export const t = (key, values = {}) => fill(texts[key] ?? key, values, language, root.dir === 'rtl');
