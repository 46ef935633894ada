// The `aws` command, which has to be on the PATH and signed in: what only looks, and what changes something. With
// `--dry-run` the latter is printed instead.
import { spawnSync } from 'node:child_process';

/** What a person can mend: said without a trace of the program. */
export class Mistake extends Error {}

/** How an argument is shown: long ones, such as code, by their beginning. */
function shown(argument) {
  const short = argument.length > 100 ? `${argument.slice(0, 80).replace(/\s+/g, ' ')}…` : argument;
  return /^[\w@%+=:,./*-]+$/.test(short) ? short : `'${short}'`;
}

/**
 * @param {{ dryRun: boolean, say: (line: string) => void }} options
 */
export function aws({ dryRun, say }) {
  function run(args) {
    const done = spawnSync('aws', args, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] });
    if (done.error?.code === 'ENOENT') throw new Mistake('there is no `aws` command: install the AWS CLI, version 2');
    if (done.error) throw done.error;
    return { ok: done.status === 0, out: done.stdout, wrong: done.stderr.trim() };
  }
  const failed = (args, wrong) => new Mistake(`aws ${args.slice(0, 2).join(' ')} failed: ${wrong}`);
  return {
    dryRun,
    /** What AWS answers to a question; `null` where it says that there is no such thing. */
    ask(args) {
      const { ok, out, wrong } = run([...args, '--output', 'json']);
      if (ok) return out.trim() === '' ? {} : JSON.parse(out);
      if (/NoSuchKey|\(404\)|does not exist/.test(wrong)) return null;
      throw failed(args, wrong);
    },
    /** Changes something; answers with what AWS says of it. */
    change(args) {
      if (dryRun) {
        say(`would run: aws ${args.map(shown).join(' ')}`);
        return {};
      }
      const { ok, out, wrong } = run(args);
      if (!ok) throw failed(args, wrong);
      return /^\s*\{/.test(out) ? JSON.parse(out) : {};
    },
  };
}

/** The outputs of a stack by name. */
export function outputs({ ask }, stack) {
  const found = ask(['cloudformation', 'describe-stacks', '--stack-name', stack])?.Stacks?.[0];
  if (!found) throw new Mistake(`there is no stack \`${stack}\` in this region: deploy it first, with deploy/deploy.mjs`);
  return Object.fromEntries((found.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}

/** Runs a command's main function: a mistake is one line and exit code 1. */
export async function command(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
