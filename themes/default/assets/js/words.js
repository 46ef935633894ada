// Amounts, texts and messages as people read them. No amount is computed here.

/** @import { Text } from '../../types' */

/**
 * @param {number} minor
 * @param {string} currency
 * @param {string} language
 * @param {number} [digits] the currency's decimals by ISO 4217; the browser's own table has fewer for some
 */
export function money(minor, currency, language, digits) {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(minor / 10 ** (digits ?? format.resolvedOptions().maximumFractionDigits ?? 2)).replace('-', '−');
}

// What is written from right to left: the blocks that Unicode keeps for such scripts.
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/**
 * A text of the theme in the form that `count` asks for, its places filled. As the generator does it (catalog/src/texts.rs); one table
 * of cases, tests/fixtures/texts.json, holds the two together.
 * @param {Text} text
 * @param {Record<string, string | number>} values
 * @param {string} language
 * @param {boolean} isRtl whether the text is written from right to left
 */
export function fill(text, values, language, isRtl) {
  if (typeof text !== 'string') {
    // Of a text such as `3–5`, the last number decides; where there is none, it is `other`.
    const count = Number(`${values.count}`.match(/\d+/g)?.pop());
    text = text[new Intl.PluralRules(text.lang ?? language).select(count)] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (place, name) => {
    const value = values[name] ?? place;
    if (typeof value === 'number') return value.toLocaleString(language);
    // What may run in the other direction is set apart, so that what stands beside it stays where it is.
    return (isRtl && value !== place) || FROM_THE_RIGHT.test(value) ? `\u2068${value}\u2069` : value;
  });
}

/** A message of the API as a sentence. @param {string} message */
export const sentence = (message) => message.charAt(0).toUpperCase() + message.slice(1);
