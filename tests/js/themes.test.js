// What the files of both themes may ask of the browsers that docs/themes.md names: those from spring 2022 on.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const THEMES = join(dirname(fileURLToPath(import.meta.url)), '../../themes');
const files = readdirSync(THEMES, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(html|js|css)$/.test(path));

test('media queries have forms that these browsers know', () => {
  const asking = { html: /media="([^"]*)"/g, js: /matchMedia\('([^']*)'\)/g, css: /@media ([^{]*)\{/g };
  const found = files.flatMap((path) => {
    const kind = /** @type {keyof typeof asking} */ (path.split('.').pop());
    return [...readFileSync(join(THEMES, path), 'utf8').matchAll(asking[kind])].map(([, query]) => ({ path, kind, query: query ?? '' }));
  });
  for (const kind of Object.keys(asking)) assert.ok(found.some((some) => some.kind === kind), `no ${kind} asks anything`);
  // Ranges are rewritten in sheets alone, and there `<` becomes `not (min-width: …)`, which is as new as the range.
  assert.deepEqual(found.filter(({ kind, query }) => (kind === 'css' ? /</ : /[<>]/).test(query.replaceAll('<=', ''))), []);
  assert.deepEqual(found.filter(({ query }) => /(^|and )\(?not \(/.test(query)), []);
});
