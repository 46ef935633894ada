// Starts the editor with the shop's configuration. What was emptied is left out of what a git host is given: a key without a value is
// a mistake. Under the preview the server does that, because it has the file as it was.

/** @typedef {{ backend: { name: string } }} Configuration */

// @ts-expect-error -- read by the editor's program, which comes after this script.
window.CMS_MANUAL_INIT = true;

document.addEventListener('DOMContentLoaded', async () => {
  const answer = await fetch('config.json', { cache: 'no-cache' });
  if (!answer.ok) {
    document.body.textContent = await answer.text();
    return;
  }
  const config = /** @type {Configuration} */ (await answer.json());
  // @ts-expect-error -- defined by the editor's program.
  const cms = window.CMS;
  if (config.backend.name !== 'proxy') {
    cms.registerEventListener({ name: 'preSave', handler: (/** @type {any} */ { entry }) => withoutEmpty(entry.get('data')) });
  }
  cms.init({ config });
});

/**
 * A value without what is empty in it; `undefined` where nothing is left. Collections are those of Immutable.
 * @param {any} value
 * @param {unknown} [key]
 * @returns {any}
 */
function withoutEmpty(value, key) {
  if (value === null || value === undefined) return undefined;
  // An empty description of a picture says that it is a decoration.
  if (value === '') return key === 'alt' ? value : undefined;
  if (typeof value.toList !== 'function') return value;
  const isKeyed = typeof value.mapKeys === 'function';
  const left = value.map((/** @type {any} */ inner, /** @type {unknown} */ name) => withoutEmpty(inner, isKeyed ? name : undefined));
  const full = left.filter((/** @type {any} */ inner) => inner !== undefined);
  return full.size > 0 || key === undefined ? full : undefined;
}
