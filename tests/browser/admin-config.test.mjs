// The editor's configuration is valid by the JSON Schema of Decap's format that npm's `@sveltia/cms` has, for every host that it can be
// published for.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { BINARY } from './shop.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const SCHEMA = join(ROOT, 'tests/node_modules/@sveltia/cms/schema/sveltia-cms.json');
const SMALL = join(ROOT, 'generator/starter/products/cups/small-cup.jpg');

const folder = mkdtempSync(join(tmpdir(), 'shopfront-admin-'));
after(() => { rmSync(folder, { recursive: true, force: true }); });

// The sample shop, with one small picture for all: what they show does not matter here, and takes long to draw.
for (const part of ['shop.yaml', 'discounts.yaml', 'products', 'content', 'collections', 'static', 'downloads', 'themes']) {
  cpSync(join(ROOT, part), join(folder, part), { recursive: true });
}
for (const path of /** @type {string[]} */ (readdirSync(folder, { recursive: true }))) {
  if (path.endsWith('.jpg')) copyFileSync(SMALL, join(folder, path));
}
const settings = readFileSync(join(folder, 'shop.yaml'), 'utf8');

// @ts-expect-error -- the types of `ajv-formats` know only the module's other form.
const ajv = formats(new Ajv({ strict: false, allErrors: true }));
const valid = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')));

/** @param {string} admin what stands in shop.yaml */
function config(admin) {
  writeFileSync(join(folder, 'shop.yaml'), `${settings}\nadmin: ${admin}\n`);
  execFileSync(BINARY, ['-C', folder, 'build'], { stdio: ['ignore', 'ignore', 'pipe'] });
  return JSON.parse(readFileSync(join(folder, 'public/admin/config.json'), 'utf8'));
}

/** What the judge says; of a choice of forms, the one that was meant tells the most. @param {unknown} value */
function judged(value) {
  if (valid(value)) return [];
  return (valid.errors ?? []).filter(({ keyword }) => !['anyOf', 'oneOf', 'const', 'not'].includes(keyword)).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

const HOSTS = {
  github: '{backend: github, repo: quay/shop, branch: main, base_url: https://login.example, auth_endpoint: auth}',
  'github of one’s own': '{backend: github, repo: quay/shop, api_root: https://git.example/api/v3}',
  gitlab: '{backend: gitlab, repo: group/quay/shop, app_id: abc}',
  gitea: '{backend: gitea, repo: quay/shop, app_id: abc, base_url: https://git.example, api_root: https://git.example/api/v1}',
};

for (const [name, admin] of Object.entries(HOSTS)) {
  test(`the sample shop’s configuration is valid: ${name}`, { timeout: 180_000 }, () => {
    const made = config(admin);
    assert.deepEqual(judged(made), []);
    assert.equal(valid(made), true, JSON.stringify(valid.errors?.slice(0, 3)));
    const names = made.collections.map((/** @type {{ name: string }} */ { name: own }) => own);
    for (const wanted of ['products', 'categories', 'collections', 'pages', 'pages-journal', 'products-de', 'settings']) assert.ok(names.includes(wanted), wanted);
  });
}

test('the judge knows a wrong configuration', { timeout: 180_000 }, () => {
  const made = config(HOSTS.github);
  made.collections[0].fields[0] = { name: 'title', label: 'Title', widget: 'string', patern: 1 };
  assert.equal(valid(made), false);
});
