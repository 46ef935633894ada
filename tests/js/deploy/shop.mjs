// A shop's folder as a build leaves it, and the scripts run over it with an `aws` command of our own.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = fileURLToPath(new URL('../../../deploy', import.meta.url));
const fake = fileURLToPath(new URL('./aws.mjs', import.meta.url));

export const HEADERS = [
  ['Content-Security-Policy', "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'"],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'strict-origin-when-cross-origin'],
  ['Permissions-Policy', 'camera=(), usb=()'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
];

const print = (text) => createHash('sha256').update(text).digest('hex').slice(0, 32);

function write(folder, path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/**
 * A shop in a temporary folder that goes with the test.
 * @param {import('node:test').TestContext} t
 */
export function shop(t) {
  const folder = mkdtempSync(join(tmpdir(), 'shopfront-deploy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const state = join(folder, 'aws.json');
  const outputs = { ShopUrl: 'https://shop.example', StoreBucket: 'store', SiteBucket: 'site', Redirects: 'arn:kvs', Distribution: 'E1' };
  writeFileSync(state, JSON.stringify({ outputs, buckets: {}, redirects: {}, etag: 0, log: [], next: 0, now: Date.now() }));
  write(folder, 'bin/aws', `#!/bin/sh\nexec '${process.execPath}' '${fake}' "$@"\n`);
  spawnSync('chmod', ['+x', join(folder, 'bin/aws')]);
  // The scripts look for the functions beside their own folder, where `cargo lambda` leaves them.
  cpSync(scripts, join(folder, 'tools/deploy'), { recursive: true });
  for (const name of ['checkout-api', 'checkout-worker']) write(folder, `tools/target/lambda/${name}/bootstrap.zip`, 'a program');
  const self = {
    folder,
    write: (path, text) => write(folder, path, text),
    /** Lays out what a build would: the site's files by path, former addresses, the bundle's parts. */
    build({ site, former = [], parts = { 'shard.1.jsonl': 's' }, baseUrl = 'https://shop.example', headers = HEADERS }) {
      rmSync(join(folder, 'public'), { recursive: true, force: true });
      const files = { ...site, _headers: '/*\n', _redirects: former.map(([from, to]) => `${from} ${to} 301\n`).join('') };
      const lines = Object.entries(files).map(([path, text]) => `${print(text)} ${text.length} 1 1 1 ${path}\n`);
      for (const [path, text] of Object.entries(files)) write(folder, `public/${path}`, text);
      write(folder, 'public/README.md', 'not ours');
      write(folder, 'public/.shopfront-manifest', `shopfront-manifest 1\n${lines.join('')}`);
      const manifest = { format: 2, terms: 'terms.1.json', headers: 'headers.1.json', mail: 'mail.1.json', shells: { en: 'shell-en.1.html' }, shards: Object.keys(parts) };
      const bundle = { 'terms.1.json': JSON.stringify({ base_url: baseUrl }), 'headers.1.json': JSON.stringify(headers), 'mail.1.json': '{}', 'shell-en.1.html': '<main>' };
      for (const [path, text] of Object.entries({ ...bundle, ...parts, 'manifest.json': JSON.stringify(manifest), 'shard.0.jsonl': 'old' })) {
        write(folder, `.shopfront/bundle/${path}`, text);
      }
    },
    /** Runs a script; answers with its exit code and what it said. */
    run(script, ...args) {
      const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, FAKE_AWS: state, ...self.env };
      const done = spawnSync(process.execPath, [join(folder, 'tools/deploy', script), ...args, '--shop', folder], { encoding: 'utf8', env });
      return { code: done.status, out: done.stdout, wrong: done.stderr };
    },
    env: {},
    /** What the command has been asked for since the last look. */
    log() {
      const { log } = self.aws();
      self.set({ log: [] });
      return log;
    },
    aws: () => JSON.parse(readFileSync(state, 'utf8')),
    set: (changes) => writeFileSync(state, JSON.stringify({ ...self.aws(), ...changes })),
  };
  return self;
}
