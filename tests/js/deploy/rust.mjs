// Reads just enough of the checkout's sources to tell what they ask of the table: functions by name, and what those call. It relies on
// how rustfmt lays them out.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../checkout-fn/src/', import.meta.url));

/** What only tests, simulations and stand-ins are made of. */
const FOR_TESTS = /(^|\/)(tests|conformance|simulation|killed|doubles)(\/|\.rs$)|(_tests|\/inspect|\/in_process|\/wire|^testing|^watched|^model)(\.rs$|\/)/;

/** The paths of all sources that programs are made of. */
export const paths = readdirSync(folder, { recursive: true }).map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.rs') && !FOR_TESTS.test(path)).sort();

/** A source without its tests. */
export const source = (path) => readFileSync(folder + path, 'utf8').split('\n#[cfg(test)]\nmod ')[0];

/** Without the functions that no program with real orders has. */
export const withoutSandbox = (code) => code.replace(/^( *)#\[cfg\(feature = "sandbox"\)\]\n\1[^\n]*\bfn [^]*?\n\1\}\n/gm, '');

/** The bodies of functions by name; those of one name are taken together. */
export function functions(code) {
  const found = new Map();
  for (const { 0: head, 1: indent, 2: name, index } of code.matchAll(/^( *)(?:pub(?:\([a-z]+\))? )?(?:async )?fn (\w+)/gm)) {
    const rest = code.slice(index + head.length);
    const end = /^[^\n]*\}\n/.test(rest) ? rest.indexOf('\n') : rest.search(new RegExp(`^${indent}\\}$`, 'm'));
    found.set(name, (found.get(name) ?? '') + rest.slice(0, end));
  }
  return found;
}

/** The functions that a body calls: its own object's, those that no object has, and those methods that are named. */
export function calls(body, methods) {
  const named = new RegExp(`\\.(${methods.join('|')})\\(`, 'g');
  return [/\bself\.(\w+)\(/g, /(?<![.:\w])(\w+)\(/g, named].flatMap((pattern) => [...body.matchAll(pattern)].map(([, name]) => name));
}
