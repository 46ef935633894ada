// What each role may do with the table, against what the sources behind it ask of the table: all of it, and nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { calls, functions, paths, source, withoutSandbox } from './deploy/rust.mjs';

const template = readFileSync(new URL('../../deploy/template.yaml', import.meta.url), 'utf8');

/** The sources behind each role, and how it opens the store. */
const ROLES = {
  CheckoutApiRole: { from: [/^http\//, /^(placing|preparing|handover|settling|downloads|pricing)\.rs$/, /^pricing\//], opens: 'begin' },
  CheckoutWorkerRole: { from: [/^worker(\.rs$|\/)/, /^(reconciling|settling|handover)\.rs$/], opens: 'begin' },
  Merchant: { from: [/^merchant(\.rs$|\/)/, /^(reconciling|settling)\.rs$/], opens: 'begun', hasSandbox: true },
};

/** The one part of a transaction that removes something; who never asks for it needs no right to it. */
const ERASES = /^ *Some\(Besides::Erase\) => actions\.push\(delete\(.*\n/m;

const store = paths.filter((path) => path.startsWith('store/dynamodb')).map(source).join('\n');
const asked = functions(store.replace(ERASES, ''));

/** What one function of the store asks of the table by itself. */
function asksItself(body) {
  const requests = [...body.matchAll(/\bclient\s*\.([a-z_]+)\(/g)].map(([, name]) => name);
  // A transaction has no right of its own, but those of its parts.
  const parts = [...body.matchAll(/TransactWriteItem::builder\(\)\.([a-z]+)\(/g)].map(([, part]) => `${part}_item`);
  const rights = [...requests.filter((name) => !['transact_write_items', 'config'].includes(name)), ...parts];
  const named = rights.map((name) => name.replace(/(^|_)([a-z])/g, (_, __, letter) => letter.toUpperCase()));
  const index = /\.index_name\(([A-Z]+)\)/.exec(body)?.[1];
  return body.includes('self.query(') ? [...named, index ? `Query ${index.toLowerCase()}` : 'Query'] : named;
}

/** What it asks together with all that it calls. */
function asks(name, seen = new Set()) {
  // Which index is asked stands where the question is put together.
  if (seen.has(name) || ['query', 'pages'].includes(name) || !asked.has(name)) return [];
  seen.add(name);
  const body = asked.get(name);
  return [...asksItself(body), ...calls(body, ['action', 'actions']).flatMap((called) => asks(called, seen))];
}

/** The store's functions that code calls. */
const wanted = (code) => [...code.matchAll(/\bstore\s*\.([a-z_]+)\(/g)].map(([, name]) => name);

function needed({ from, opens, hasSandbox = false }) {
  const code = paths.filter((path) => from.some((pattern) => pattern.test(path))).map(source).map((text) => (hasSandbox ? text : withoutSandbox(text))).join('\n');
  const names = [opens, ...wanted(code)];
  for (const name of names) assert.ok(asked.has(name), `the store has no ${name}`);
  return [...new Set([...names.flatMap((name) => asks(name)), ...(code.includes('Besides::Erase') ? ['DeleteItem'] : [])])].sort();
}

/** What a role may do with the table, and with which index. */
function allowed(role) {
  const [, text] = new RegExp(`^  ${role}:\\n((?:    .*\\n|\\n)+)`, 'm').exec(template);
  return text.split(/(?=- Sid: )/).slice(1).flatMap((statement) => {
    const actions = [...(/Action: (.*)/.exec(statement)?.[1] ?? '').matchAll(/dynamodb:(\w+)/g)].map(([, action]) => action);
    if (actions.length === 0) return [];
    const [restored, own] = ['RestoredTable', 'Table.Arn'].map((table) => [...statement.matchAll(new RegExp(`\\$\\{${table}\\}/index/(\\w+)`, 'g'))].map(([, index]) => index));
    assert.deepEqual(restored, own, 'the table that was restored is used like the stack’s own');
    const queries = [...own.map((index) => `Query ${index}`), ...(statement.includes('!GetAtt Table.Arn') ? ['Query'] : [])];
    return actions.flatMap((action) => (action === 'Query' ? queries : [action]));
  }).sort();
}

for (const [role, about] of Object.entries(ROLES)) {
  test(`${role} may do with the table what its sources ask for, and nothing else`, () => {
    assert.deepEqual(allowed(role), needed(about));
  });
}

test('every source that asks the store belongs to a role', () => {
  const roles = Object.values(ROLES).flatMap(({ from }) => from);
  const others = paths.filter((path) => !path.startsWith('store/') && wanted(source(path)).length && !roles.some((pattern) => pattern.test(path)));
  assert.deepEqual(others, []);
  assert.equal((store.match(/(?<!fn )\bdelete\(table/g) ?? []).length, 1, 'one part of a transaction removes something');
  assert.match(store, ERASES);
});

test('what is read of the sources is what is there', () => {
  assert.deepEqual(new Set(asks('place')), new Set(['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem']));
  assert.deepEqual(new Set(asks('waking')), new Set(['Query waking']));
  assert.deepEqual(new Set(asks('older')), new Set(['Query listing', 'BatchGetItem']));
  assert.deepEqual(new Set(asks('log')), new Set(['Query']));
  assert.deepEqual(new Set(asks('settle_letter')), new Set(['DeleteItem']));
});
