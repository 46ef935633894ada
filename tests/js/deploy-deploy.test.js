// Deploying: what the template is given, and what is refused before anything is touched.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { HEADERS, shop } from './deploy/shop.mjs';

const SITE = { '404.html': 'none', 'index.html': 'home' };

function parameters(it) {
  const { deployed } = it.aws();
  const pairs = deployed.slice(deployed.indexOf('--parameter-overrides') + 1);
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

test('headers, function and secret reach the template; everything else keeps its value', (t) => {
  const it = shop(t);
  it.build({ site: SITE });
  it.env = { SHOPFRONT_ORIGIN_SECRET: 'x'.repeat(40) };
  const { code, wrong } = it.run('deploy.mjs', '--stack', 'shop', '--artifacts', 'bucket', 'DomainName=shop.example', 'AlarmMail=a=b@shop.example');
  assert.equal(code, 0, wrong);
  assert.deepEqual(it.log(), ['package', 'deploy']);
  const given = parameters(it);
  const [[, policy], , [, referrer], [, permissions], [, opener]] = HEADERS;
  const cdn = given.get('CdnFunction');
  given.delete('CdnFunction');
  assert.deepEqual(Object.fromEntries(given), {
    ContentSecurityPolicy: policy, ReferrerPolicy: referrer, PermissionsPolicy: permissions, CrossOriginOpenerPolicy: opener,
    DomainName: 'shop.example', AlarmMail: 'a=b@shop.example', OriginSecret: 'x'.repeat(40),
  });
  assert.match(cdn, /^import cf from 'cloudfront';\n/);
  assert.match(cdn, /^async function handler\(event\) \{$/m);
  assert.doesNotMatch(cdn, /^\s*\/\//m, 'without comments');
});

test('the template has the parameters that it is given, and no others without a default', (t) => {
  const it = shop(t);
  it.build({ site: SITE });
  assert.equal(it.run('deploy.mjs', '--stack', 'shop', '--artifacts', 'bucket').code, 0);
  const template = readFileSync(new URL('../../deploy/template.yaml', import.meta.url), 'utf8');
  const section = template.slice(template.indexOf('\nParameters:\n') + 13, template.indexOf('\nConditions:\n'));
  const declared = new Map(section.split(/\n(?=  [A-Z])/).map((text) => [text.trim().split(':')[0], /^\s+Default:/m.test(text)]));
  const passed = [...parameters(it).keys()];
  for (const name of passed) assert.ok(declared.has(name), name);
  const asked = [...declared].filter(([name, hasDefault]) => !hasDefault && !passed.includes(name)).map(([name]) => name);
  assert.deepEqual(asked, ['DomainName', 'OriginSecret', 'AlarmMail']);
});

test('mistakes are told before anything is touched', (t) => {
  const it = shop(t);
  const says = (pattern, ...args) => {
    const { code, wrong } = it.run('deploy.mjs', ...args);
    assert.equal(code, 1);
    assert.match(wrong, pattern);
  };
  const usual = ['--stack', 'shop', '--artifacts', 'bucket'];
  says(/^error: usage: /, '--stack', 'shop');
  says(/cannot read .*manifest\.json.*run `shopfront build`/, ...usual);
  it.build({ site: SITE, headers: HEADERS.slice(1) });
  says(/no Content-Security-Policy/, ...usual);
  it.build({ site: SITE, headers: [...HEADERS, ['X-New', '1']] });
  says(/does not know the header X-New/, ...usual);
  it.build({ site: SITE, headers: HEADERS.filter(([name]) => name !== 'X-Content-Type-Options') });
  says(/nosniff/, ...usual);
  it.build({ site: SITE, headers: HEADERS.map(([name, value]) => [name, name === 'Content-Security-Policy' ? 'x'.repeat(2000) : value]) });
  says(/1783 characters/, ...usual);
  it.build({ site: SITE });
  says(/`secret` is no Parameter=value/, ...usual, 'secret');
  says(/SHOPFRONT_ORIGIN_SECRET; the command line/, ...usual, 'OriginSecret=x');
  says(/built for https:\/\/shop\.example and would be deployed to https:\/\/other\.example/, ...usual, 'DomainName=other.example');
  rmSync(join(it.folder, 'tools/target/lambda/checkout-worker/bootstrap.zip'));
  says(/checkout-worker\/bootstrap\.zip is missing: build it with `cargo lambda build .*--bin checkout-worker`/, ...usual);
  assert.deepEqual(it.log(), []);
});

test('with --dry-run the commands are shown, and no code in full', (t) => {
  const it = shop(t);
  it.build({ site: SITE });
  const { code, out } = it.run('deploy.mjs', '--stack', 'shop', '--artifacts', 'bucket', '--dry-run');
  assert.equal(code, 0);
  assert.match(out, /^would run: aws cloudformation package .*\nwould run: aws cloudformation deploy --stack-name shop [^\n]*\n$/);
  assert.doesNotMatch(out, /handler/);
  assert.deepEqual(it.log(), []);
});
