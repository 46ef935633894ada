// The CDN's function, run as its runtime runs it: the store and the event are handed in, nothing else is there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const source = readFileSync(new URL('../../deploy/cdn.js', import.meta.url), 'utf8');
const code = source.replace(/^\s*\/\/.*\n/gm, '');

const table = {
  '/old-mug/': '/products/mug/',
  '/alt/tasse/': '/de/products/becher/',
  '/de/alt/': '/de/neu/',
  '/mug.html': '/products/mug/',
  '/old': '/new/',
  '/grüße/': '/gr%C3%BC%C3%9Fe-neu/',
  '/LICENSE': '/LICENSE',
};

/** The function over a store; a store that fails answers nobody. */
function cdn(store = { get: async (key) => { if (key in table) return table[key]; throw new Error('KeyNotFound'); } }) {
  const body = code.replace(/^import cf from 'cloudfront';$/m, '');
  assert.notEqual(body, code, 'the store comes from the runtime’s module');
  return new Function('cf', `'use strict'; ${body}; return handler;`)({ kvs: () => store });
}

async function ask(uri, querystring = {}, handler = cdn()) {
  const answer = await handler({ version: '1.0', request: { method: 'GET', uri, querystring, headers: {}, cookies: {} } });
  if (!answer.statusCode) return answer.uri;
  assert.equal(answer.statusCode, 301);
  assert.match(answer.headers['cache-control'].value, /max-age=\d+/);
  return `→ ${answer.headers.location.value}`;
}

test('a page is its index.html', async () => {
  assert.equal(await ask('/'), '/index.html');
  assert.equal(await ask('/products/mug/'), '/products/mug/index.html');
  assert.equal(await ask('/de/products/becher/'), '/de/products/becher/index.html');
});

test('files are left as they are', async () => {
  for (const uri of ['/robots.txt', '/404.html', '/journal/feed.xml', '/products/mug/index.html', '/a.b/c.d.pdf', '/favicon.ico']) {
    assert.equal(await ask(uri), uri);
  }
});

test('a missing slash is added by a redirect', async () => {
  assert.equal(await ask('/products/mug'), '→ /products/mug/');
  assert.equal(await ask('/v1.2/notes'), '→ /v1.2/notes/');
});

test('a file without an ending is no page', async () => {
  assert.equal(await ask('/LICENSE'), '/LICENSE');
  assert.equal(await ask('/.well-known/apple-app-site-association'), '/.well-known/apple-app-site-association');
  assert.equal(await ask('/.well-known/acme-challenge/aB_c-1'), '/.well-known/acme-challenge/aB_c-1');
});

test('former addresses lead on, in every language', async () => {
  assert.equal(await ask('/old-mug/'), '→ /products/mug/');
  assert.equal(await ask('/alt/tasse/'), '→ /de/products/becher/');
  assert.equal(await ask('/de/alt/'), '→ /de/neu/');
  assert.equal(await ask('/mug.html'), '→ /products/mug/');
  assert.equal(await ask('/old'), '→ /new/');
  assert.equal(await ask('/old-mug'), '→ /old-mug/', 'and from there on');
});

test('a former address is found however it is encoded', async () => {
  for (const uri of ['/gr%C3%BC%C3%9Fe/', '/gr%c3%bc%c3%9fe/', '/grüße/']) {
    assert.equal(await ask(uri), '→ /gr%C3%BC%C3%9Fe-neu/');
  }
  assert.equal(await ask('/%6Fld-mug/'), '→ /products/mug/');
  assert.equal(await ask('/100%/'), '/100%/index.html', 'what is no encoding stays');
  assert.equal(await ask('/caf%C3%A9/'), '/caf%C3%A9/index.html', 'the file is asked for as it was');
});

test('the query is kept', async () => {
  const query = { utm_source: { value: 'a%20b' }, q: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] }, flag: { value: '' } };
  assert.equal(await ask('/old-mug/', query), '→ /products/mug/?utm_source=a%20b&q=1&q=2&flag');
  assert.equal(await ask('/products/mug', { page: { value: '2' } }), '→ /products/mug/?page=2');
  assert.equal(await ask('/products/mug/', query), '/products/mug/index.html');
});

test('hostile paths lead nowhere', async () => {
  for (const uri of ['//evil.example', '//evil.example/', '//evil', '/\\evil', '/a\\b', '/a b', '/a\tb', '/a\r\nX: y', '/\u0000']) {
    assert.equal(await ask(uri), uri);
  }
  // Encoded, these are names like any other, and stay on this host.
  assert.equal(await ask('/%2F%2Fevil'), '→ /%2F%2Fevil/');
  assert.equal(await ask('/%5Cevil'), '→ /%5Cevil/');
  assert.equal(await ask('/a%0d%0aSet-Cookie:x'), '→ /a%0d%0aSet-Cookie:x/');
  assert.equal(await ask('/../../etc/passwd'), '→ /../../etc/passwd/');
  assert.equal(await ask('/constructor'), '→ /constructor/');
});

test('a store that cannot be read stops no page', async () => {
  const handler = cdn({ get: async () => { throw new Error('ServiceUnavailable'); } });
  assert.equal(await ask('/old-mug/', {}, handler), '/old-mug/index.html');
});

test('it fits its runtime', () => {
  assert.ok(Buffer.byteLength(source) <= 10_000, 'functions have at most 10 kB');
  assert.ok(Buffer.byteLength(code) <= 4_096, 'it travels as a parameter of the template');
  assert.equal((code.match(/await /g) ?? []).length, 2);
  // What ES 5.1 with the runtime's additions does not have.
  for (const [what, pattern] of Object.entries({
    'optional chaining': /\?\./, '??': /\?\?/, spread: /\.\.\.[a-zA-Z]/, classes: /\bclass\b/, 'for…of': /\bof\b/, destructuring: /(const|let) [[{]/,
    'default arguments': /function \w*\([^)]*=/, 'promise chains': /\.then\(|\.catch\(|Promise\./, eval: /\beval\b|new Function/, exports: /\bexport\b/,
  })) {
    assert.doesNotMatch(code, pattern, what);
  }
});
