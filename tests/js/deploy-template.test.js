// The templates against what they are for: the store's code, the site's rules, the workflow's scripts. What a template may say
// at all is cfn-lint's matter.
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

/** What a statement of a role allows. */
function allowed(role, sid) {
  const actions = new RegExp(`Sid: ${sid}\\n\\s+Effect: Allow\\n\\s+Action: (.*)`).exec(resource(role));
  assert.ok(actions, `${role} ${sid}`);
  return actions[1].replace(/[[\]\s]/g, '').split(',').map((action) => action.replace('dynamodb:', '')).sort();
}

test('the functions may do with the table what the store does, and nothing else', () => {
  // Making a table is for tests and for trying things out.
  const makes = ['config', 'create_table', 'describe_table', 'update_time_to_live'];
  const called = new Set([...code.matchAll(/\bclient\s*\.([a-z_]+)\(/g)].map(([, name]) => name).filter((name) => !makes.includes(name)));
  assert.deepEqual([...called].sort(), ['batch_get_item', 'delete_item', 'get_item', 'put_item', 'query', 'transact_write_items', 'update_item']);
  // The parts of a transaction are rights of their own, and it has itself none.
  // Only the merchant's commands remove an item in one, when they erase personal data.
  const parts = new Set([...code.matchAll(/TransactWriteItem::builder\(\)\.([a-z_]+)\(/g)].map(([, part]) => part));
  parts.delete('delete');
  assert.deepEqual([...parts].sort(), ['put', 'update']);
  const both = ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'];
  assert.deepEqual(allowed('CheckoutApiRole', 'Orders'), both);
  assert.deepEqual(allowed('CheckoutWorkerRole', 'Orders'), both);
  assert.deepEqual(allowed('CheckoutWorkerRole', 'WhatWaits'), ['Query']);
  assert.deepEqual(allowed('CheckoutWorkerRole', 'LettersThatWereSent'), ['DeleteItem']);
});

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
  for (const [, ttl] of cdn.matchAll(/ErrorCachingMinTTL: (\d+)/g)) assert.equal(ttl, '0');
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
