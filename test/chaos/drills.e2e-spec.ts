import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  launchNode,
  startApp,
  startSystem,
  tempDir,
  waitFor,
  type Environment,
  type RunningSystem,
} from '#testing';
import { FAKE_DOCKER, fakeResults } from '../deployment/support/fake-docker.js';

const folder = tempDir('chaos-');
afterAll(() => folder.remove());
const inFolder = (name: string): string => join(folder.path, name);

/** The parts of the JSON of a drill that tests read. */
interface Report {
  readonly passed: boolean;
  readonly detectMs: number | null;
  readonly recoverMs: number | null;
  readonly phases: Readonly<Record<'before' | 'during' | 'after', Phase>>;
  readonly drill: { readonly targets: readonly string[]; readonly up: number; readonly path: string };
  readonly checks: readonly { readonly name: string; readonly passed: boolean }[];
}
interface Phase {
  readonly requests: number;
  readonly availabilityPercent: number;
  readonly p50Ms: number;
}

const launchChaos = (system: RunningSystem, line: string, env: Environment = {}) =>
  launchNode('scripts/chaos.mjs', [...line.split(' '), '--before', '1s', '--url', system.url], env);

async function chaos(system: RunningSystem, line: string, env: Environment = {}) {
  const program = launchChaos(system, line, env);
  const { code } = await program.exited;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

async function chaosReport(system: RunningSystem, line: string, env: Environment = {}) {
  const { code, stdout, stderr } = await chaos(system, `${line} --json`, env);
  if (code === 2) throw new Error(stderr);
  return { code, report: JSON.parse(stdout) as Report };
}

const failedChecks = ({ checks }: Report) => checks.filter(({ passed }) => !passed);

const faultsOf = async ({ url }: RunningSystem): Promise<readonly object[]> =>
  (await (await fetch(`${url}/discovery/faults`)).json()) as object[];

describe('a drill in the monolith', () => {
  let system: RunningSystem;
  beforeAll(async () => {
    system = await startSystem('monolith', { DATA_DIR: inFolder('monolith') });
  });
  afterAll(() => system.process.stop());

  it('makes a service slow, and passes only if that is within the limit', async () => {
    const line = 'slow product-service --for 1s --delay 600ms';
    const { code, report } = await chaosReport(system, line);
    expect([code, report.passed, report.detectMs]).toEqual([1, false, null]);
    expect(report.drill.path).toBe('/api/product-service/products?limit=1');
    expect(report.phases.during.p50Ms).toBeGreaterThan(600);
    expect(report.phases.before.p50Ms).toBeLessThan(600);
    const within = await chaosReport(system, `${line} --max-p99 5s`);
    expect([within.code, failedChecks(within.report)]).toEqual([0, []]);
    expect(await faultsOf(system)).toEqual([]);
  });

  it('kills a service for a time, and shows what clients and the gateway noticed', async () => {
    const { code, report } = await chaosReport(system, 'kill user-service --for 1s');
    expect(code).toBe(1);
    expect(report.phases.before.availabilityPercent).toBe(100);
    // Requests in flight at the begin and at the end of the fault may succeed.
    expect(report.phases.during.availabilityPercent).toBeLessThan(50);
    expect(report.detectMs).toBeLessThan(1000);
    expect(report.recoverMs).toBeGreaterThan(0);
    expect((await fetch(`${system.url}/api/user-service/users`)).status).toBe(200);
  });

  it('prints a text, and writes a page in which all text is escaped', async () => {
    const page = inFolder('page.html');
    const line = `errors user-service --percent 50 --for 1s --path /health/ready?<b>"'& --report ${page}`;
    const { code, stdout } = await chaos(system, line);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Drill: errors, user-service\S+ \(user-service\)\. 50 requests a second to /);
    expect(stdout).toMatch(/^✗ {2}availability .+ ≥ 99\.9 %$/m);
    expect(stdout).toMatch(/^verdict: failed$/m);
    const html = readFileSync(page, 'utf8');
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('/health/ready?&lt;b&gt;&quot;&#39;&amp;');
    expect(html).not.toContain('<b>');
    expect(html).not.toMatch(/(src|href)=/);
  });

  it('is written in Korean with --lang ko', async () => {
    const page = inFolder('ko.html');
    const { stdout } = await chaos(
      system,
      `slow user-service --delay 1ms --for 1s --lang ko --report ${page}`,
    );
    expect(stdout).toMatch(/^판정: (통과|실패)$/m);
    expect(readFileSync(page, 'utf8')).toContain('<html lang="ko">');
  });

  it('ends the fault on Ctrl-C', async () => {
    const program = launchChaos(system, 'hang product-service --for 5m');
    await waitFor('the fault', async () => (await faultsOf(system)).length === 1);
    program.signal('SIGINT');
    expect(await program.exited).toEqual({ code: 130, signal: null });
    expect(program.stdout).toContain('verdict: interrupted');
    expect(await faultsOf(system)).toEqual([]);
  });

  it.each([
    ['kill unknown-service', 'unknown-service has no registered instance'],
    ['kill user-service --instance z', 'user-service has no instance z that is up; there are user-service'],
    ['kill user-service --pid 7', 'user-service runs in the process of the gateway: drill it without --pid'],
    ['hang user-service --process', 'in the process of the gateway: drill it without --process'],
    [
      'kill user-service --path /nowhere',
      'GET /api/user-service/nowhere responded 404. Choose what the load requests',
    ],
  ])('is not run if it cannot be: %s', async (line, message) => {
    const { code, stderr } = await chaos(system, line);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('a drill of one of two instances', () => {
  let system: RunningSystem;
  const data = { DATA_DIR: inFolder('split') };
  beforeAll(async () => {
    system = await startSystem('split', data);
    const second = { ...data, REGISTRY_URL: system.url, PRODUCT_SERVICE_PORT: '0' };
    await startApp('product-service', second);
  });
  afterAll(() => system.process.stop());

  it('passes for a killed one: the gateway sends its requests to the other', async () => {
    const { code, report } = await chaosReport(system, 'kill product-service --for 1s --max-p99 5s');
    expect(failedChecks(report)).toEqual([]);
    expect(report).toMatchObject({ passed: true, phases: { during: { availabilityPercent: 100 } } });
    expect([code, report.drill.up, report.drill.targets.length]).toEqual([0, 2, 1]);
    expect(report.detectMs).not.toBeNull();
  });

  it('affects every instance with --all', async () => {
    const { code, report } = await chaosReport(system, 'errors product-service --all --for 1s');
    expect([code, report.drill.targets.length]).toEqual([1, 2]);
    expect(report.phases.during.availabilityPercent).toBeLessThan(50);
  });

  it('stops a process with --pid, and lets it continue', async () => {
    const [, pid] = /product-service is process (\d+)"/.exec(system.process.stdout) ?? [];
    const { report } = await chaosReport(system, `hang product-service --pid ${pid!} --for 1s`);
    expect(report.drill.targets).toEqual([`process ${pid!}`]);
    expect((await fetch(`${system.urlOf('product-service')}/health/live`)).status).toBe(200);
  });

  it('finds the processes of instances with --process', async () => {
    const [, pid] = /product-service is process (\d+)"/.exec(system.process.stdout) ?? [];
    const { report } = await chaosReport(system, 'hang product-service --process --all --for 1s');
    expect(report.drill.targets).toContain(`process ${pid!}`);
    expect(report.drill.targets).toEqual([expect.any(String), expect.any(String)]);
    expect((await fetch(`${system.urlOf('product-service')}/health/live`)).status).toBe(200);
  });

  it('does not guess the process of an instance on another machine', async () => {
    await fetch(`${system.url}/discovery/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        id: 'far-1',
        name: 'far',
        url: system.url.replace('127.0.0.1', '192.0.2.1'),
        ttlSeconds: 60,
      }),
    });
    const { code, stderr } = await chaos(system, 'kill far --process --path /health/live');
    expect([code, stderr]).toEqual([2, expect.stringContaining('name it with --pid')]);
  });

  it.each([
    ['kill', 'kill one', 'start one'],
    ['hang --all', 'pause one two', 'unpause one two'],
  ])('uses docker with --compose: %s', async (fault, begin, end) => {
    writeFileSync(inFolder('docker'), FAKE_DOCKER, { mode: 0o755 });
    const log = inFolder(`${fault}.log`);
    const env = {
      PATH: [folder.path, process.env.PATH].join(delimiter),
      COMMAND_LOG: log,
      ...fakeResults({ to: 'ps --quiet product-service', text: 'one\ntwo\n' }),
    };
    await chaosReport(system, `${fault} product-service --compose --for 1s`, env);
    expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual([
      'compose -f docker-compose.yml ps --quiet product-service',
      begin,
      end,
    ]);
  });
});

describe('a drill of a registry with a token', () => {
  const line = 'slow user-service --delay 1ms --for 1s --max-p99 5s';

  it('needs REGISTRY_TOKEN', async () => {
    const token = { REGISTRY_TOKEN: 'a-secret-of-the-registry' };
    const system = await startSystem('monolith', { DATA_DIR: inFolder('token'), ...token });
    const { code, stderr } = await chaos(system, line);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/injects no fault: 401 .+ Set REGISTRY_TOKEN/)]);
    expect((await chaos(system, line, token)).code).toBe(0);
    await system.process.stop();
  });

  it('needs none for that of the development stack', async () => {
    const env = { DATA_DIR: inFolder('development'), REGISTRY_TOKEN: 'development-token' };
    const system = await startSystem('monolith', env);
    expect((await chaos(system, line)).code).toBe(0);
    expect(await faultsOf(system)).toEqual([]);
    await system.process.stop();
  });
});

describe('a drill of a gateway that refuses', () => {
  it('says what to do where faults are not allowed, and where clients need a key', async () => {
    const system = await startSystem('monolith', {
      ...{ DATA_DIR: inFolder('refused'), FAULT_INJECTION: 'refused' },
      GATEWAY_CONFIG: 'docs/guide/policies/partners.yaml',
    });
    const refused = await chaos(system, 'kill user-service');
    expect(refused.stderr).toMatch(/injects no fault: 403 .+ add --process, or --compose or --prod/);
    const closed = await chaos(system, 'kill order-service');
    expect(closed.stderr).toMatch(/orders\?limit=1 responded 401; .+ and send credentials with --header/);
    const key = 'x-api-key:msag_bJ7tGiZREs0DDZohrXtoU8ESl2ubGp533F3BOo';
    const { stderr } = await chaos(system, `kill order-service --header ${key}`);
    expect(stderr).toContain('injects no fault: 403');
    expect([refused.code, closed.code]).toEqual([2, 2]);
    await system.process.stop();
  });
});
