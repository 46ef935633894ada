// Asks the search of a built site, in a browser whose processor is made six times as slow. Reads [{kind, query}] from the standard
// input, writes the same with `bytes` (of the search's files, gzipped, for a shopper who comes for the first time), `scripts` (of
// the page's scripts), `hits`, and `ms`: from each key until the answer to what is typed then is shown.
//
//     node benches/search.mjs FOLDER < queries.json

import { readFileSync } from 'node:fs';
import { tell, watch } from './site.mjs';

// Between two keys, as a quick typist on a phone.
const PAUSE_MS = 150;

const sortOf = (pathname) => (/\/search\/.*\.(json|txt)$/.test(pathname) ? 'search' : '');

await tell(process.argv[2] ?? '', async (visit) => {
  const answers = [];
  for (const asked of JSON.parse(readFileSync(0, 'utf8'))) {
    const { context, page, sizes } = await visit('/search/', sortOf);
    await watch(page, 'keydown', '[data-summary]');
    await page.locator('input[type=search]').focus();
    // Typed letter by letter.
    for (const letter of asked.query) {
      await page.keyboard.press(letter === ' ' ? 'Space' : letter);
      await page.waitForTimeout(PAUSE_MS);
    }
    await page.waitForTimeout(4 * PAUSE_MS);
    const [ms, hits] = await page.evaluate(() => [window.times, document.querySelectorAll('.hit').length]);
    await context.close();
    answers.push({ ...asked, bytes: sizes.search ?? 0, scripts: sizes.scripts ?? 0, hits, ms });
  }
  return answers;
});
