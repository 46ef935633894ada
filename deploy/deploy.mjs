// Deploys template.yaml: packages the two functions, and passes on what the template cannot know, which is the CDN's function
// (from cdn.js) and the response headers (from the bundle, where the shop's build has put them).
//
//   node deploy/deploy.mjs --stack NAME --artifacts BUCKET [--role ARN] [--shop FOLDER] [--dry-run] [Parameter=value …]
//
// A parameter that is not named keeps its value. With --role CloudFormation acts as that role, else as whoever calls.
// The origin secret comes from the environment, SHOPFRONT_ORIGIN_SECRET.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Mistake, aws, command } from './lib/aws.mjs';
import { bundle } from './lib/shop.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const HELP = 'usage: node deploy/deploy.mjs --stack NAME --artifacts BUCKET [--role ARN] [--shop FOLDER] [--dry-run] [Parameter=value …]';

/** The headers that the template knows, by the parameters that carry them. */
const HEADERS = {
  'Content-Security-Policy': 'ContentSecurityPolicy',
  'Referrer-Policy': 'ReferrerPolicy',
  'Permissions-Policy': 'PermissionsPolicy',
  'Cross-Origin-Opener-Policy': 'CrossOriginOpenerPolicy',
};

/** CloudFront takes no longer policy. */
const LONGEST_POLICY = 1783;

/** A parameter of a template has at most so many bytes. */
const LONGEST_PARAMETER = 4096;

/** The response headers as parameters. A header that the template would not send is a mistake, not a loss. */
function headerParameters(headers) {
  const rest = new Map(headers);
  const parameters = {};
  for (const [header, parameter] of Object.entries(HEADERS)) {
    if (!rest.has(header)) throw new Mistake(`the bundle has no ${header}: build the shop with the version that these scripts belong to`);
    parameters[parameter] = rest.get(header);
    rest.delete(header);
  }
  if (rest.get('X-Content-Type-Options') !== 'nosniff') throw new Mistake('the bundle does not ask for `X-Content-Type-Options: nosniff`, which the template always sends');
  rest.delete('X-Content-Type-Options');
  if (rest.size) throw new Mistake(`the template does not know the header ${[...rest.keys()].join(', ')}: add it to \`Headers\` in deploy/template.yaml and to deploy/deploy.mjs`);
  if (parameters.ContentSecurityPolicy.length > LONGEST_POLICY) throw new Mistake(`the Content-Security-Policy has more than the ${LONGEST_POLICY} characters that CloudFront takes`);
  return parameters;
}

/** The CDN's function without its comments, which would not fit into a parameter. */
function cdnFunction() {
  const code = readFileSync(join(here, 'cdn.js'), 'utf8').replace(/^\s*\/\/.*\n/gm, '');
  if (Buffer.byteLength(code) > LONGEST_PARAMETER) throw new Mistake(`deploy/cdn.js has more than ${LONGEST_PARAMETER} bytes without its comments`);
  return code;
}

/** What was named on the command line and in the environment. */
function ownParameters(named) {
  const pairs = named.map((pair) => /^([A-Za-z0-9]+)=([^]*)$/.exec(pair) ?? (() => { throw new Mistake(`\`${pair}\` is no Parameter=value\n${HELP}`); })());
  const parameters = Object.fromEntries(pairs.map(([, name, value]) => [name, value]));
  if ('OriginSecret' in parameters) throw new Mistake('put the origin secret into the environment, as SHOPFRONT_ORIGIN_SECRET; the command line is kept in the shell\'s history');
  if (process.env.SHOPFRONT_ORIGIN_SECRET) parameters.OriginSecret = process.env.SHOPFRONT_ORIGIN_SECRET;
  return parameters;
}

/** The functions as `cargo lambda build --output-format zip` has left them. */
function checkPackages() {
  for (const name of ['checkout-api', 'checkout-worker']) {
    const path = join(here, `../target/lambda/${name}/bootstrap.zip`);
    if (!existsSync(path)) throw new Mistake(`${path} is missing: build it with \`cargo lambda build --profile function --arm64 --output-format zip --no-default-features --features lambda -p shopfront-checkout --bin ${name}\``);
  }
}

await command(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { stack: { type: 'string' }, artifacts: { type: 'string' }, role: { type: 'string' }, shop: { type: 'string', default: '.' }, 'dry-run': { type: 'boolean', default: false } },
  });
  if (!values.stack || !values.artifacts) throw new Mistake(HELP);
  const built = bundle(values.shop);
  const parameters = { ...headerParameters(built.headers), CdnFunction: cdnFunction(), ...ownParameters(positionals) };
  if (parameters.DomainName && built.baseUrl !== `https://${parameters.DomainName}`) {
    throw new Mistake(`the shop was built for ${built.baseUrl} and would be deployed to https://${parameters.DomainName}: make \`base_url\` in shop.yaml the same and build it again`);
  }
  checkPackages();
  const { change } = aws({ dryRun: values['dry-run'], say: console.log });
  const packaged = join(values.shop, '.shopfront/deploy/template.yaml');
  mkdirSync(dirname(packaged), { recursive: true });
  change(['cloudformation', 'package', '--template-file', join(here, 'template.yaml'), '--s3-bucket', values.artifacts, '--s3-prefix', values.stack, '--output-template-file', packaged]);
  change([
    'cloudformation', 'deploy', '--stack-name', values.stack, '--template-file', packaged, '--s3-bucket', values.artifacts, '--s3-prefix', values.stack,
    '--capabilities', 'CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND', '--no-fail-on-empty-changeset',
    ...(values.role ? ['--role-arn', values.role] : []),
    '--parameter-overrides', ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`),
  ]);
  if (!values['dry-run']) console.log(`${values.stack} is deployed`);
});
