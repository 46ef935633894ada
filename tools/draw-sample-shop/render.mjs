/**
 * Draws the sample shop's pictures.
 *
 *   node render.mjs [--only <part of a name>] [--missing] [--draft | --quick] [--pages 2] [--out <folder>] [--browser <path>]
 *
 * --quick draws at half the size and enlarges: for a first look at everything.
 * --missing leaves alone what is there already.
 * --draft draws at a third of the size with one sample, as PNG, into <folder>.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { shaderFor } from './engine/shader.mjs';
import { paint } from './engine/page.mjs';
import { pictures } from './scenes.mjs';
import { storeZip } from './zip.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: args } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    draft: { type: 'boolean', default: false },
    scale: { type: 'string', default: '0.25' },
    quick: { type: 'boolean', default: false },
    samples: { type: 'string' },
    missing: { type: 'boolean', default: false },
    pages: { type: 'string', default: '1' },
    out: { type: 'string', default: resolve(here, '../..') },
    browser: { type: 'string', default: '/usr/bin/chromium' },
  },
});

const ARCHIVE = 'downloads/tessel-wallpapers.zip';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--force-color-profile=srgb'];

const chosen = pictures().filter((p) => !args.only.length || args.only.some((part) => p.file.includes(part)))
  .filter((p) => !args.missing || !existsSync(join(args.out, p.archive ? ARCHIVE : p.file)));
const browser = await chromium.launch({ executablePath: args.browser, args: FLAGS });
const archive = [];
const queue = [...chosen.entries()];
let failed = 0;

async function worker() {
  const page = await browser.newPage();
  page.setDefaultTimeout(600_000);
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [index, picture] = next;
    const started = Date.now();
    try {
      const scene = picture.scene?.();
      const scale = args.draft ? Number(args.scale) : 1;
      const enlarge = args.quick && scene?.objects ? 2 : 1;
      const w = Math.round((picture.w * scale) / enlarge), h = Math.round((picture.h * scale) / enlarge);
      const { source, textures } = scene?.objects ? shaderFor(scene) : { textures: [{ svg: scene.flat }] };
      const result = await page.evaluate(paint, {
        w, h, enlarge, source, textures, samples: args.draft ? 1 : Number(args.samples ?? picture.samples ?? 4), budget: picture.budget ?? 250_000, preview: args.draft, quality: picture.quality,
      });
      const bytes = Buffer.from(result.data, 'base64');
      if (picture.archive && !args.draft) archive.push([index, picture.file, bytes]);
      else {
        const path = join(args.out, args.draft ? picture.file.replaceAll('/', '__').replace(/\.jpg$/, '.png') : picture.file);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, bytes);
      }
      console.log(`${picture.file}  ${(bytes.length / 1000).toFixed(0)} kB  q ${result.quality.toFixed(2)}  ${((Date.now() - started) / 1000).toFixed(1)} s`);
    } catch (error) {
      failed++;
      console.error(`${picture.file}: ${String(error.message).slice(0, 1500)}`);
    }
  }
  await page.close();
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, async () => { await browser.close(); process.exit(1); });
await Promise.all(Array.from({ length: Number(args.pages) }, worker));
await browser.close();

if (archive.length) {
  const path = join(args.out, ARCHIVE);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, storeZip(archive.sort((a, b) => a[0] - b[0]).map(([, name, bytes]) => [name, bytes])));
  console.log(path);
}
process.exitCode = failed ? 1 : 0;
