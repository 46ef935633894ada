// Outside judges of HTML: the Nu HTML checker, and html-validate.

import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';

/** @import { ConfigData } from 'html-validate' */

/** HTML by what the messages shall call it. @typedef {Map<string, string>} Documents */

const JAR = `${createRequire(import.meta.url)('vnu-jar')}`;
const JAVA = process.env.JAVA ?? 'java';

/** Why the Nu HTML checker cannot judge here; `tests/run` finds or installs what it needs. */
export const noNu = JAVA && spawnSync(JAVA, ['-jar', JAR, '--version']).status === 0 ? false : 'there is no Java 17 or newer (JAVA)';

/** What the Nu HTML checker only remarks, and why that is no fault. @type {RegExp[]} */
const REMARKS = [
  // MathML Core gives it to all elements; the checker knows an older MathML.
  /^Attribute “scriptlevel” not allowed on element “mtable”/,
  // `@layer` alone may stand before `@import`; and in `min()` a length beside a product with `var()`: newer CSS than the checker's.
  /^CSS: @import are not allowed after any valid statement other than @charset and @import/,
  /^CSS: “inline-size”: The types are incompatible/,
];

/**
 * The errors and warnings of the Nu HTML checker.
 * @param {Documents} documents
 * @param {{ excused?: RegExp[], language?: 'html' | 'css' | 'svg' }} [wishes]
 */
export async function nu(documents, { excused = [], language = 'html' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'shopfront-nu-'));
  const names = [...documents.keys()];
  try {
    names.forEach((name, at) => writeFileSync(join(folder, `${at}.${language}`), documents.get(name) ?? ''));
    const more = language === 'html' ? ['--skip-non-html'] : [`--skip-non-${language}`];
    const { stdout } = await promisify(execFile)(JAVA, ['-jar', JAR, '--format', 'json', '--stdout', '--exit-zero-always', ...more, folder], { maxBuffer: 1 << 28 });
    /** @type {{ type: string, subType?: string, url: string, message: string, extract?: string }[]} */
    const messages = JSON.parse(stdout).messages;
    return messages.filter(({ message }) => ![...REMARKS, ...excused].some((remark) => remark.test(message))).map(({ type, subType, url, message, extract }) => {
      return `${names[Number.parseInt(basename(url), 10)]}: ${subType ?? type}: ${message}\n    ${extract?.replaceAll('\n', ' ')}`;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @type {ConfigData['rules']} */
const RULES = {
  // The themes write it small throughout.
  'doctype-style': ['error', { style: 'lowercase' }],
  // What stands on the page's own server has its content's hash in its name; nothing comes from elsewhere.
  'require-sri': ['error', { target: 'crossorigin' }],
  // Checkboxes of one name are one list: `?colour=blue&colour=red`.
  'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'submit'] }],
};

/**
 * The errors and warnings of html-validate.
 * @param {Documents} documents
 * @param {ConfigData['rules']} [rules] beside the usual ones
 */
export async function htmlValidate(documents, rules = {}) {
  const presets = ['recommended', 'standard', 'document'].map((name) => `html-validate:${name}`);
  const judge = new HtmlValidate(new StaticConfigLoader({ root: true, extends: presets, rules: { ...RULES, ...rules } }));
  const found = [];
  for (const [name, html] of documents) {
    for (const { messages } of (await judge.validateString(html, name)).results) {
      for (const { ruleId, message, line, column } of messages) {
        const text = html.split('\n')[line - 1]?.slice(Math.max(0, column - 40), column + 120);
        found.push(`${name}: ${ruleId}: ${message}\n    ${text}`);
      }
    }
  }
  return found;
}
