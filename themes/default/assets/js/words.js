// Amounts and messages as people read them. No amount is computed here.

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * @param {number} minor
 * @param {string} currency
 * @param {string} language
 */
export function money(minor, currency, language) {
  const key = `${language} ${currency}`;
  const format = formats.get(key) ?? new Intl.NumberFormat(language, { style: 'currency', currency });
  formats.set(key, format);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

/** A message of the API as a sentence. @param {string} message */
export const sentence = (message) => message.charAt(0).toUpperCase() + message.slice(1);
