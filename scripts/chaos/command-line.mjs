import { parseArgs } from 'node:util';
import { gatewayUrl, operatorsUrl } from '../lib/gateway-url.mjs';
import { isLoopback } from '../smoke/loopback.mjs';
import { isOwn } from './outages/address.mjs';

const FAULTS = ['kill', 'hang', 'slow', 'errors'];

export const USAGE = `usage: npm run chaos -- kill|hang|slow|errors SERVICE [options]

  kill                connections to an instance are refused, and open ones break
  hang                an instance accepts connections and does not respond
  slow                the responses of an instance are late
  errors              an instance responds with errors

  --for TIME          how long, 1s to 10m (default 10s)
  --before TIME       load before the fault, and at least after it (default 3s)
  --delay TIME        slow: how late (default 1s)
  --percent N         errors: share of the requests that fail (default 100)
  --status N          errors: their status (default 503)
  --instance ID       the instance (default: the first that is up)
  --all               all instances of the service
  --process           kill or stop the process of the instance instead; the gateway must be on this machine
  --pid PID           kill or stop this process instead
  --compose           kill or pause the container with Docker Compose instead
  --prod              the same with docker-compose.prod.yml

  --url URL           the gateway (default: GATEWAY_HOST and GATEWAY_PORT, else http://127.0.0.1:8000;
                      with --prod https://localhost and HTTPS_PORT of the environment)
  --admin-url URL     its endpoints for operators, if they have a port of their own (default: ADMIN_HOST and ADMIN_PORT)
  --path PATH         what the load requests from the service, with GET (default: its list or /health/ready)
  --header FIELD      a header field of these requests, such as 'x-api-key: SECRET'; can be repeated
  --rate N            requests per second (default 50)
  --allow-remote      drills a gateway on another machine

  --min-availability PERCENT   of all requests (default 99.9)
  --max-p99 TIME               during the fault (default 500ms)
  --max-detect TIME            until the instance is out of rotation (default 5s; if given, it must get there)
  --max-recover TIME           after the fault (default 10s)

  --report FILE       writes a page (HTML); --lang ko: in Korean
  --json              prints JSON; use npm run -s chaos

REGISTRY_TOKEN must be set if the registry of the gateway needs it, except for the default of docker-compose.yml.
exit code: 0 passed; 1 failed; 2 the command is wrong or the drill cannot be run; 130 interrupted`;

const TEXT = { type: 'string' };
const FLAG = { type: 'boolean' };
const OPTIONS = {
  for: { ...TEXT, default: '10s' },
  before: { ...TEXT, default: '3s' },
  delay: { ...TEXT, default: '1s' },
  percent: { ...TEXT, default: '100' },
  status: { ...TEXT, default: '503' },
  instance: TEXT,
  all: FLAG,
  compose: FLAG,
  prod: FLAG,
  process: FLAG,
  pid: TEXT,
  url: TEXT,
  'admin-url': TEXT,
  path: TEXT,
  header: { ...TEXT, multiple: true, default: [] },
  rate: { ...TEXT, default: '50' },
  'allow-remote': FLAG,
  'min-availability': { ...TEXT, default: '99.9' },
  'max-p99': { ...TEXT, default: '500ms' },
  'max-detect': TEXT,
  'max-recover': { ...TEXT, default: '10s' },
  report: TEXT,
  lang: { ...TEXT, default: 'en' },
  json: FLAG,
  help: { ...FLAG, short: 'h' },
};

const DEFAULT_DETECT_MS = 5000;
const UNITS_MS = { ms: 1, s: 1000, m: 60_000 };
const MOST_MS = 600_000;
const MOST_PER_SECOND = 1000;

/** The options of a drill; a sentence if the command line is wrong. */
export function readCommandLine(args, env) {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    return values.help ? values : optionsOf(positionals, values, env);
  } catch (error) {
    return error.message;
  }
}

function optionsOf([fault, service, ...rest], values, env) {
  must(FAULTS.includes(fault), `the fault must be one of ${FAULTS.join(', ')}`);
  must(/^[a-z][a-z0-9-]{0,62}$/.test(service ?? '') && rest.length === 0, 'one SERVICE must be named');
  const { all = false, instance, path, report, json = false, lang } = values;
  must(path === undefined || path.startsWith('/'), '--path must start with "/"');
  must(['en', 'ko'].includes(lang), '--lang must be en or ko');
  return {
    ...{ fault, service, all, instance, path, report, json, lang },
    ...meansOf(fault, values),
    headers: Object.fromEntries(values.header.map(headerField)),
    forMs: Math.ceil(time('--for', values.for, 1000) / 1000) * 1000,
    beforeMs: time('--before', values.before, 1000),
    delayMs: time('--delay', values.delay, 1),
    percent: number('--percent', values.percent, 1, 100, true),
    status: number('--status', values.status, 400, 599, true),
    rate: number('--rate', values.rate, 1, MOST_PER_SECOND, true),
    ...urlsOf(values, env),
    token: env.REGISTRY_TOKEN,
    limits: limitsOf(values),
  };
}

/** How the instance is made to fail; nothing: the gateway injects the fault. */
function meansOf(fault, { prod, compose = prod, process, pid, all, instance }) {
  const named = [compose && '--compose', process && '--process', pid !== undefined && '--pid'].filter(
    Boolean,
  );
  must(named.length < 2, `${named.join(' and ')} exclude each other`);
  const canFail = named.length === 0 || ['kill', 'hang'].includes(fault);
  must(canFail, `${named[0]} cannot make an instance ${fault}`);
  must(!all || (!instance && !pid), '--all excludes --instance and --pid');
  must(!compose || !instance, '--compose excludes --instance: it selects a container of the service');
  return {
    compose: compose ? (prod ? 'production' : 'development') : undefined,
    process,
    pid: pid === undefined ? undefined : number('--pid', pid, 2, 2 ** 31, true),
  };
}

function headerField(text) {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/.exec(text) ?? [];
  must(name !== undefined, "--header must be a header field such as 'x-api-key: SECRET'");
  return [name.toLowerCase(), value];
}

/** Of docker-compose.prod.yml, which publishes no port but those of nginx. */
const productionUrl = ({ HTTPS_PORT = '443' }) => `https://localhost:${HTTPS_PORT}`;

function urlsOf({ url, 'admin-url': admin, 'allow-remote': mayBeRemote, prod, process }, env) {
  const given = url ?? (prod ? productionUrl(env) : undefined);
  const urls = {
    url: baseOf('--url', given ?? gatewayUrl(env)),
    adminUrl: baseOf('--admin-url', admin ?? given ?? operatorsUrl(env)),
  };
  for (const each of Object.values(urls)) {
    const { hostname } = new URL(each);
    // Addresses such as 127.0.0.1 mean another machine there: a process of this one would be killed.
    must(
      !process || isOwn(hostname),
      `${each} is not this machine: --process finds processes of this one only`,
    );
    must(
      mayBeRemote || isLoopback(hostname),
      `${each} is not this machine: a drill disturbs its users. --allow-remote runs it there`,
    );
  }
  return urls;
}

const limitsOf = (values) => ({
  availabilityPercent: number('--min-availability', values['min-availability'], 0, 100),
  p99Ms: time('--max-p99', values['max-p99'], 1),
  detectMs: time('--max-detect', values['max-detect'] ?? `${DEFAULT_DETECT_MS}ms`, 1),
  mustDetect: values['max-detect'] !== undefined,
  recoverMs: time('--max-recover', values['max-recover'], 1),
});

function baseOf(option, text) {
  must(
    URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    `${option} must be an http or https URL`,
  );
  return new URL(text).origin;
}

/** Milliseconds of a duration such as 500ms, 10s or 2m. */
function time(option, text, least) {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(count) * UNITS_MS[unit];
  must(
    ms >= least && ms <= MOST_MS,
    `${option} must be a duration such as 500ms, 10s or 2m, of at least ${least} ms and at most 10m`,
  );
  return ms;
}

function number(option, text, least, most, isWhole = false) {
  const value = text.trim() === '' ? NaN : Number(text);
  const isValid = value >= least && value <= most && (!isWhole || Number.isInteger(value));
  must(isValid, `${option} must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`);
  return value;
}

/** @throws an error for the user unless `condition` holds */
function must(condition, message) {
  if (!condition) throw new Error(message);
}
