// Amounts and messages as people read them. No amount is computed here.

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

/** A message of the API as a sentence. @param {string} message */
export const sentence = (message) => message.charAt(0).toUpperCase() + message.slice(1);
