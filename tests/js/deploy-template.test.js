// The templates against what they are for: the store's table, the functions' figures and settings, the site's rules, the workflow's
// scripts. What roles may do is in deploy-rights.test.js; what a template may say at all is cfn-lint's matter.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const template = read('deploy/template.yaml');
const store = readdirSync(new URL('../../checkout-fn/src/store/dynamodb', import.meta.url)).filter((name) => name.endsWith('.rs'));
const code = store.map((name) => read(`checkout-fn/src/store/dynamodb/${name}`)).join('\n');

/** A resource's text. */
function resource(name) {
  const found = new RegExp(`^  ${name}:\\n((?:    .*\\n|\\n)+)`, 'm').exec(template);
  assert.ok(found, name);
  return found[1];
}

test('the API can delete nothing and find no orders, and no function has a right to everything', () => {
  assert.doesNotMatch(resource('CheckoutApiRole'), /Delete|Query|Scan/);
  assert.deepEqual([...resource('CheckoutApiRole').matchAll(/(s3:\w+)/g)].map(([, action]) => action), ['s3:GetObject', 's3:PutObject', 's3:ListBucket']);
  assert.deepEqual([...resource('CheckoutWorkerRole').matchAll(/(s3:\w+)/g)].map(([, action]) => action), ['s3:GetObject']);
  for (const role of ['CheckoutApiRole', 'CheckoutWorkerRole', 'NotFoundRole']) {
    assert.doesNotMatch(resource(role), /Scan|Resource: '?\*|Action: '?\*|[a-z]:\*[\s,\]]/, role);
  }
});

test('the table is the one that the store makes', () => {
  const attributes = [...code.matchAll(/attribute\("([a-z_]+)", ScalarAttributeType::([A-Z])\)/g)].map(([, name, type]) => `${name} ${type}`);
  const table = resource('Table');
  assert.deepEqual([...table.matchAll(/AttributeName: (\w+), AttributeType: (\w)/g)].map(([, name, type]) => `${name} ${type}`), attributes);
  const names = Object.fromEntries([...code.matchAll(/const ([A-Z]+): &str = "([a-z]+)";/g)].map(([, constant, name]) => [constant, name]));
  const indexes = [...code.matchAll(/index\(([A-Z]+), "(\w+)", "(\w+)"\)/g)].map(([, name, part, place]) => [names[name], part, place]);
  assert.equal(indexes.length, 2);
  for (const [name, part, place] of indexes) {
    const written = `- IndexName: ${name}\n\\s+KeySchema:\n\\s+- \\{AttributeName: ${part}, KeyType: HASH\\}\n\\s+- \\{AttributeName: ${place}, KeyType: RANGE\\}\n\\s+Projection: \\{ProjectionType: KEYS_ONLY\\}`;
    assert.match(table, new RegExp(written));
    assert.match(template, new RegExp(`Table\\.Arn\\}/index/${name}`));
  }
  assert.match(code, /attribute_name\("ttl"\)/);
  for (const line of ['AttributeName: ttl, Enabled: true', 'PointInTimeRecoveryEnabled: true', 'DeletionProtectionEnabled: true', 'BillingMode: PAY_PER_REQUEST']) {
    assert.ok(table.includes(line), line);
  }
});

test('an error of the API is never replaced and never kept', () => {
  const cdn = resource('Cdn');
  assert.doesNotMatch(cdn, /ResponsePagePath/);
  const group = cdn.slice(cdn.indexOf('OriginGroups:'), cdn.indexOf('DefaultCacheBehavior:'));
  assert.doesNotMatch(group, /OriginId: api/);
  // What CloudFront keeps whatever the origin says; its developer guide, 'HTTP 4xx and 5xx status codes that CloudFront always caches'.
  const kept = ['404', '405', '414', '500', '501', '502', '503', '504'];
  const errors = [...cdn.slice(cdn.indexOf('CustomErrorResponses:')).matchAll(/- \{ErrorCode: (\d+), ErrorCachingMinTTL: (\d+)\}/g)];
  assert.deepEqual(errors.map(([, code, ttl]) => [code, ttl]), kept.map((code) => [code, '0']));
  const behaviours = cdn.split(/(?=- PathPattern: )/).slice(1).map((text) => [/PathPattern: (\S+)/.exec(text)[1], /TargetOriginId: (\S+)/.exec(text)[1]]);
  assert.deepEqual(behaviours, [['/assets/*', 'site-or-404'], ['/img/*', 'site-or-404'], ['/api/webhooks/*', 'api'], ['/api/*', 'api']]);
});

test('requests to the API carry what it reads, and no more headers than a policy takes', () => {
  const headers = (name) => {
    const text = resource(name).split('Headers:')[1];
    return text.includes('[') ? text.replace(/[[\]\s]/g, '').split(',') : [...text.matchAll(/- (\S+)/g)].map(([, header]) => header);
  };
  const [shoppers, gateways] = [headers('ShoppersRequests'), headers('GatewaysNotices')];
  assert.ok(shoppers.length <= 10 && gateways.length <= 10);
  for (const name of ['Accept', 'Content-Type', 'Origin', 'Sec-Fetch-Site', 'Accept-Language', 'Range', 'CloudFront-Viewer-Address']) assert.ok(shoppers.includes(name), name);
  const signature = read('checkout-fn/src/gateway/paypal/signature.rs') + read('checkout-fn/src/gateway/stripe/signature.rs') + read('checkout-fn/src/gateway/stripe/adapter.rs') + read('checkout-fn/src/gateway/paypal/adapter.rs') + read('checkout-fn/src/gateway/paypal/event.rs');
  const signed = new Set([...signature.matchAll(/"((?:paypal|stripe)-[a-z-]+)"/gi)].map(([, header]) => header.toLowerCase()).filter((header) => /^paypal-(auth-algo|cert-url|transmission-\w+)$|^stripe-signature$/.test(header)));
  assert.ok(signed.size >= 5, [...signed].join());
  for (const header of signed) assert.ok(gateways.some((name) => name.toLowerCase() === header), header);
  for (const names of [shoppers, gateways]) assert.ok(!names.includes('Host'));
});

/** Sources of the checkout without their tests. */
const sources = (...paths) => paths.map((path) => read(`checkout-fn/src/${path}`).split('\n#[cfg(test)]\n')[0]).join('\n');

test('alarms watch figures that the functions tell, and are not split by anything', () => {
  const journal = sources('journal.rs');
  const [, namespace] = /const NAMESPACE: &str = "(\w+)";/.exec(journal);
  const measures = [...journal.matchAll(/Measure(?:::\w+\("| \{ name: ")(\w+)"[^;]*?(?=Measure|;|\n\s*(?:Figure|News)::|$)/g)];
  const whole = measures.filter(([text]) => !text.includes('.by(')).map(([, name]) => name);
  assert.deepEqual(whole.sort(), ['Attention', 'Faults', 'Orders', 'StoreLatency', 'SweepBehind']);
  const alarms = [...template.matchAll(/^  (\w+):\n    Type: AWS::CloudWatch::Alarm\n/gm)].map(([, name]) => resource(name));
  const ours = alarms.filter((text) => !/Namespace: AWS\//.test(text));
  assert.deepEqual(ours.map((text) => /MetricName: (\w+)/.exec(text)[1]), ['Faults', 'Attention', 'SweepBehind']);
  for (const text of ours) {
    assert.match(text, new RegExp(`Namespace: ${namespace}\n`));
    assert.ok(whole.includes(/MetricName: (\w+)/.exec(text)[1]), text);
    assert.doesNotMatch(text, /Dimensions/);
  }
});

test('the functions are told what they ask for: by the template, or by the secret', () => {
  const code = sources('service.rs', 'service/cloud.rs', 'service/cloud/door.rs', 'service/gateways.rs');
  const asked = new Set([...code.matchAll(/"((?:SHOPFRONT|STRIPE|PAYPAL|SMTP)_[A-Z_]+)"/g)].map(([, name]) => name));
  const variables = template.slice(template.indexOf('      Variables:\n'), template.indexOf('\nResources:'));
  const told = [...variables.matchAll(/^        (\w+): /gm)].map(([, name]) => name);
  const keys = /```json\n\s+(\{"SHOPFRONT_ORIGIN_SECRET"[^`]*)```/.exec(read('docs/operators.md'));
  const secret = Object.keys(JSON.parse(keys[1]));
  // Everything else has a meaning where it is missing.
  const optional = ['PAYPAL_ASK_ABOUT_NOTICES', 'PAYPAL_BASE_FOR_TESTS', 'STRIPE_BASE_FOR_TESTS'];
  assert.deepEqual([...told, ...secret, ...optional].sort(), [...asked].sort());
  assert.ok(told.includes('SHOPFRONT_TABLE') && secret.includes('SMTP_URL'));
});

test('the workflow pins what it uses, and what it calls is there', () => {
  const workflow = read('deploy/workflow.yaml');
  const uses = [...workflow.matchAll(/uses: (.*)/g)].map(([, text]) => text);
  assert.ok(uses.length >= 8);
  for (const text of uses) assert.match(text, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  for (const [, script] of workflow.matchAll(/node (deploy\/\S+\.mjs)/g)) assert.ok(existsSync(new URL(`../../${script}`, import.meta.url)), script);
  assert.match(workflow, /environment: production/);
  assert.match(workflow, /concurrency: \{group: production, cancel-in-progress: false\}/);
  assert.equal((workflow.match(/id-token: write/g) ?? []).length, 1, 'only the deployment speaks to AWS');
});
