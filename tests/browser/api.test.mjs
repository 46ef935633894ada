// The interface as strangers use it: thousands of requests made up from its description, right and wrong ones, to the sample shop. No answer
// may be a failure of ours, and none may be one that the description does not have.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { open } from './shop.mjs';

const DOCUMENT = fileURLToPath(new URL('../../checkout-fn/openapi.json', import.meta.url));
const FUZZER = process.env.SCHEMATHESIS;
/** So many requests for each operation, beside those that try the edges of the description. */
const EXAMPLES = 180;
/** At least so many in all. */
const LEAST = 2000;
const CHECKS = [
  'not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance', 'response_schema_conformance',
];

test('no request that can be described fails, and no answer is undescribed', { skip: FUZZER ? false : 'schemathesis is missing' }, async () => {
  const shop = await open();
  try {
    // Words that mean something to this shop, so that requests get further than the door.
    const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'));
    const skus = Object.keys((await shop.api('/stock?product=azulejo-mug&product=north-sky-mug&product=wallpaper-pack')).body.stock);
    assert.ok(skus.length > 1, 'the sample shop sells them');
    const { CartLine, Cart } = document.components.schemas;
    CartLine.properties.sku = { anyOf: [{ enum: skus }, CartLine.properties.sku] };
    Cart.properties.country = { anyOf: [{ enum: ['DE', 'FR', 'CH'] }, Cart.properties.country] };
    const described = join(shop.folder, 'openapi.json');
    writeFileSync(described, JSON.stringify(document));
    const words = ['run', described, '--url', `${shop.base}/api`, '--checks', CHECKS.join(','), '-n', String(EXAMPLES), '--seed', '1',
      '--generation-deterministic', '--warnings', 'off'];
    const said = await new Promise((resolve) => {
      execFile(/** @type {string} */ (FUZZER), words, { cwd: shop.folder, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, text: stdout + stderr });
      });
    });
    assert.equal(said.code, 0, said.text);
    const generated = Number(/(\d+) generated/.exec(said.text)?.[1] ?? 0);
    assert.ok(generated >= LEAST, said.text);
    console.log(`${generated} requests, all answered as described`);
  } finally {
    await shop.close();
  }
});
