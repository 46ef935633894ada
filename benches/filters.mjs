// Filters lists of a built site, in a browser whose processor is made six times as slow. Reads [{kind, path}] from the standard
// input, writes the same with `list`, `cards` and `scripts` (bytes, gzipped, until the first answer, for a shopper who comes for the
// first time), `first` (milliseconds from the first choice until its answer is shown, with all that is fetched for it), and `next`:
// the same of each choice after it.
//
//     node benches/filters.mjs FOLDER < lists.json

import { readFileSync } from 'node:fs';
import { tell, watch } from './site.mjs';

// Between two choices, longer than any answer takes.
const PAUSE_MS = 700;
const CHOICES = 8;

const sortOf = (pathname) => (pathname.endsWith('/filters.json') ? 'list' : pathname.includes('/assets/filters/') ? 'cards' : '');

await tell(process.argv[2] ?? '', async (visit) => {
  const answers = [];
  for (const asked of JSON.parse(readFileSync(0, 'utf8'))) {
    const { context, page, sizes } = await visit(asked.path, sortOf);
    await page.evaluate(() => { document.querySelector('[data-panel]').open = true; });
    await watch(page, 'click', '[data-count]');
    // The first choice is made before anything of the filters is there: who points at one would have it fetched before.
    const choose = (n) => page.evaluate((place) => {
      const boxes = document.querySelectorAll('[data-kind=choice] input');
      boxes[(place * 3) % boxes.length].click();
    }, n);
    await choose(0);
    await page.waitForFunction(() => window.times.length === 1);
    const { list = 0, cards = 0, scripts = 0 } = sizes;
    for (let n = 1; n <= CHOICES; n += 1) {
      await page.waitForTimeout(PAUSE_MS);
      await choose(n);
    }
    await page.waitForTimeout(2 * PAUSE_MS);
    const [[first, ...next], left] = await page.evaluate(() => [window.times, document.querySelectorAll('.card').length]);
    await context.close();
    answers.push({ ...asked, list, cards, scripts, first, next, left });
  }
  return answers;
});
