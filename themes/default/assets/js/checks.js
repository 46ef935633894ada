// What a checkout form still lacks, before the shop is asked.

/**
 * @param {{ name: string, value: string, type: string, required: boolean, checked?: boolean }[]} fields
 * @returns {[string, string][]} names of fields and keys of texts
 */
export function complaints(fields) {
  return fields.flatMap(({ name, value, type, required, checked }) => {
    const text = value.trim();
    if (type === 'checkbox') return required && !checked ? [[name, 'checkout.accept']] : [];
    if (required && !text) return [[name, 'checkout.required']];
    if (type === 'email' && text && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return [[name, 'checkout.email']];
    return [];
  });
}
