// Deploying: what the template is given, and what is refused before anything is touched.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { HEADERS, shop } from './deploy/shop.mjs';

const SITE = { '404.html': 'none', 'index.html': 'home' };

const SECRET = 'k3Zq-'.repeat(8);

test('headers, function and secret reach the template; everything else keeps its value', (t) => {
  const it = shop(t);
  it.build({ site: SITE });
  it.env = { SHOPFRONT_ORIGIN_SECRET: SECRET };
  const { code, wrong } = it.run('deploy.mjs', '--stack', 'shop', '--artifacts', 'bucket', 'DomainName=shop.example', 'AlarmMail=a=b@shop.example');
  assert.equal(code, 0, wrong);
  assert.deepEqual(it.log(), ['package', 'deploy']);
  const { CdnFunction: cdn, ...given } = it.aws().deployed.parameters;
  const [[, policy], , [, referrer], [, permissions], [, opener]] = HEADERS;
  assert.deepEqual(given, {
    ContentSecurityPolicy: policy, ReferrerPolicy: referrer, PermissionsPolicy: permissions, CrossOriginOpenerPolicy: opener,
    DomainName: 'shop.example', AlarmMail: 'a=b@shop.example', OriginSecret: SECRET,
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
  const passed = Object.keys(it.aws().deployed.parameters);
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

test('the origin secret is in no argument and in no output, and the file that carried it is gone', (t) => {
  const it = shop(t);
  it.build({ site: SITE });
  it.env = { SHOPFRONT_ORIGIN_SECRET: SECRET };
  const usual = ['--stack', 'shop', '--artifacts', 'bucket'];
  const silent = ({ out, wrong }) => assert.ok(!out.includes(SECRET) && !wrong.includes(SECRET), out + wrong);
  const done = it.run('deploy.mjs', ...usual);
  assert.equal(done.code, 0, done.wrong);
  silent(done);
  const { args, path, mode, parameters } = it.aws().deployed;
  assert.equal(parameters.OriginSecret, SECRET);
  assert.ok(!args.join(' ').includes(SECRET));
  assert.equal(mode, 0o600);
  assert.ok(!existsSync(dirname(path)));
  it.set({ fails: 'deploy', deployed: null });
  const broken = it.run('deploy.mjs', ...usual);
  assert.equal(broken.code, 1);
  assert.match(broken.wrong, /^error: aws cloudformation deploy failed: .*"OriginSecret":"\*\*\*"/);
  silent(broken);
  assert.ok(!existsSync(dirname(it.aws().deployed.path)), 'also where the deployment fails');
  const shown = it.run('deploy.mjs', ...usual, '--dry-run');
  assert.match(shown.out, /^would set: OriginSecret=\*\*\*$/m);
  silent(shown);
});

test('with --dry-run the commands and the parameters are shown, and no code in full', (t) => {
  const it = shop(t);
  it.build({ site: SITE });
  const { code, out } = it.run('deploy.mjs', '--stack', 'shop', '--artifacts', 'bucket', '--dry-run', 'DomainName=shop.example');
  assert.equal(code, 0);
  assert.match(out, /^would run: aws cloudformation package .*\nwould run: aws cloudformation deploy --stack-name shop [^\n]*\n(would set: [^\n]*\n){6}$/);
  assert.match(out, /^would set: DomainName=shop\.example$/m);
  assert.doesNotMatch(out, /handler\(event\)/);
  assert.deepEqual(it.log(), []);
});
