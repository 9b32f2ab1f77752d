import type { ServerResponse } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DashboardState } from '#contracts';
import { call, onPrograms, startRedis, tempDir, waitFor, type TestRedis } from '#testing';
import { launchCommand, OperatedGateway } from './operated-gateway.js';
import { Relay } from './relay.js';

const GATEWAY_AWAY = 'http://127.0.0.1:1';
const folder = tempDir('operate-');
afterAll(() => folder.remove());

const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');
const jsonLinesOf = (text: string) =>
  linesOf(text).map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

describe('msa-gateway', () => {
  let gateway: OperatedGateway;
  const waiting: ServerResponse[] = [];
  beforeAll(async () => {
    gateway = await OperatedGateway.start();
    await gateway.add('users', 'users-a', ({ url }, response) => {
      if (url === '/wait') waiting.push(response);
      else response.end();
    });
    await gateway.add('users', 'users-b');
    await gateway.add('orders', 'orders-a');
  });
  afterAll(() => gateway.stop());

  describe('services', () => {
    it('lists instances with their service, version, address, status and load', async () => {
      // Heartbeats are known with the next sample.
      await waitFor('the sample', async () => !/ - +registered/.test((await gateway.run('services')).stdout));
      const { code, stdout } = await gateway.run('services');
      const [titles, ...rows] = linesOf(stdout);
      const columns = 'SERVICE VERSION INSTANCE ADDRESS STATUS WEIGHT PENDING P50 P99 HEARTBEAT REASON';
      expect([code, titles?.split(/ +/)]).toEqual([0, columns.split(' ')]);
      expect(rows.map((row) => row.split(/ {2,}/))).toEqual(
        ['orders orders-a', 'users users-a', 'users users-b'].map((names) => {
          const [service, id] = names.split(' ');
          const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string;
          const age = expect.stringMatching(/^\d+ s$/) as string;
          return [service, '1.2.0', id, url, 'up', '100', '0', '-', '-', age, 'registered'];
        }),
      );
    });

    it('prints the state of the gateway with --json, of one service with --service', async () => {
      const { code, stdout } = await gateway.run('services', '--json', '--service', 'users');
      const { at, services, instances } = JSON.parse(stdout) as DashboardState;
      expect([code, Object.keys(services), Object.keys(instances)]).toEqual([
        0,
        ['users'],
        ['users-a', 'users-b'],
      ]);
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
      expect(instances['users-a']).toMatchObject({
        service: 'users',
        status: 'up',
        weight: 100,
        inFlight: 0,
      });
    });

    it('fails for a service that the gateway does not know, and names the next step', async () => {
      const { code, stdout, stderr } = await gateway.run('services', '--service', 'none');
      expect([code, stdout, stderr]).toEqual([
        1,
        '',
        'the gateway does not know the service none; "services" without --service lists all\n',
      ]);
    });
  });

  describe('events', () => {
    it('lists the last changes of the registry', async () => {
      const { code, stdout } = await gateway.run('events', '--limit', '2', '--json');
      expect([code, jsonLinesOf(stdout)]).toEqual([
        0,
        ['users-b', 'orders-a'].map(
          (id) => expect.objectContaining({ type: 'registered', instanceId: id, status: 'up' }) as object,
        ),
      ]);
      const text = await gateway.run('events', '--service', 'orders');
      expect(text.stdout).toMatch(/^\d{4}-\S+Z {2}registered +orders orders-a +up +registered\n$/);
    });

    it('goes on with --follow, also when the gateway has restarted, and ends with Ctrl-C', async () => {
      const other = await OperatedGateway.start();
      await other.add('users', 'before');
      const followed = other.launch('events', '--follow', '--json', '--service', 'users');
      await followed.waitForOutput(/"instanceId":"before"/);
      await other.add('orders', 'unwanted');
      await other.add('users', 'second');
      await followed.waitForOutput(/"instanceId":"second"/);
      await other.restart();
      await waitFor('the lost connection', () => followed.stderr.includes('connection lost'));
      await other.add('users', 'after');
      await followed.waitForOutput(/"instanceId":"after"/);
      followed.signal('SIGINT');
      expect(await followed.exited).toEqual({ code: 0, signal: null });
      expect(followed.stdout).not.toContain('unwanted');
      await other.stop();
    });

    it('continues after the last event when the connection breaks', async () => {
      const relay = await Relay.to(gateway.url);
      const followed = gateway.launch('events', '--follow', '--limit', '0', '--json', '--gateway', relay.url);
      await waitFor('the stream', () => relay.connections > 1);
      const drainAndResume = async () => {
        for (const method of ['POST', 'DELETE'])
          await call(gateway.url, `${method} /discovery/services/orders-a/drain`);
      };
      await drainAndResume();
      await followed.waitForOutput(/(.*\n){2}/);
      relay.breakConnections();
      await drainAndResume();
      await followed.waitForOutput(/(.*\n){4}/);
      followed.signal('SIGTERM');
      await followed.exited;
      const types = followed.records.map(({ type }) => type);
      expect(types).toEqual(['draining', 'resumed', 'draining', 'resumed']);
      expect(followed.stderr).toMatch(/^connection lost, connecting again: /);
      relay.close();
    });

    it('ends with the first event after the reader of its output has left', async () => {
      const followed = gateway.launch('events', '--follow');
      await followed.waitForOutput(/orders-a/);
      followed.closeOutput();
      expect(followed.hasEnded).toBe(false);
      await gateway.add('users', 'late');
      await call(gateway.url, 'DELETE /discovery/unregister/late');
      expect(await followed.exited).toEqual({ code: 0, signal: null });
    });
  });

  describe('drain', () => {
    const drainOf = (...args: readonly string[]) => gateway.run('drain', ...args);

    it('waits until no request is pending, and brings the instance back with --resume', async () => {
      await call(gateway.url, 'POST /discovery/services/users-b/drain');
      const request = call(gateway.url, 'GET /api/users/wait');
      await waitFor('the request', () => waiting.length === 1);
      const draining = gateway.launch('drain', 'users', 'users-a');
      await waitFor('the drain', async () => {
        const { body } = await call(gateway.url, 'GET /discovery/services/users-a');
        return body.status === 'draining';
      });
      const early = await drainOf('users-a', '--timeout', '1');
      expect(early).toEqual({
        code: 1,
        stdout: 'users-a is draining: 1 request is still pending\n',
        stderr: '',
      });
      expect([draining.hasEnded, await drainOf('users-a', '--timeout', '0')]).toMatchObject([
        false,
        { code: 0 },
      ]);
      waiting.pop()!.end();
      await request;
      expect([(await draining.exited).code, draining.stdout]).toEqual([
        0,
        'users-a is drained: no request is pending\n',
      ]);
      for (const id of ['users-a', 'users-b']) {
        const { code, stdout } = await drainOf(id, '--resume', '--json');
        expect([code, JSON.parse(stdout)]).toMatchObject([0, { instance: { id, status: 'up' }, pending: 0 }]);
      }
    });

    it('says with Ctrl-C that the instance is still draining, and has exit code 130', async () => {
      const relay = await Relay.to(gateway.url);
      await call(gateway.url, 'POST /discovery/services/users-b/drain');
      const request = call(gateway.url, 'GET /api/users/wait');
      await waitFor('the request', () => waiting.length === 1);
      const draining = gateway.launch('drain', 'users-a', '--gateway', relay.url);
      await waitFor('the state', () => relay.connections > 1);
      draining.signal('SIGINT');
      expect([await draining.exited, draining.stderr]).toEqual([
        { code: 130, signal: null },
        'users-a is still draining; `--resume` brings it back\n',
      ]);
      waiting.pop()!.end();
      await request;
      for (const id of ['users-a', 'users-b']) await drainOf(id, '--resume');
      relay.close();
    });

    it('refuses an instance of another service, and changes nothing', async () => {
      expect(await drainOf('orders', 'users-a')).toEqual({
        code: 1,
        stdout: '',
        stderr: 'users-a is an instance of users, not of orders; nothing is changed\n',
      });
      const { body } = await call(gateway.url, 'GET /discovery/services/users-a');
      expect(body.status).toBe('up');
    });

    it('asks the gateway nothing about what is no id of an instance', async () => {
      for (const id of ['..', 'a/b', '']) {
        const { code, stderr } = await drainOf(id);
        expect([code, stderr]).toEqual([
          2,
          expect.stringContaining(`INSTANCE must be the id of an instance, not ${id}`),
        ]);
      }
    });

    it('shows the problem of the gateway in one line, with the next step', async () => {
      const { code, stderr } = await drainOf('none');
      expect([code, linesOf(stderr)]).toEqual([
        1,
        [expect.stringMatching(/Unknown instance \(404\): no instance .*; "services" lists /)],
      ]);
    });

    it('needs the token of the registry, from the environment or a file', async () => {
      const token = 'a-token-of-the-registry';
      const file = join(folder.path, 'token');
      writeFileSync(file, `${token}\n`);
      const closed = await OperatedGateway.start({ REGISTRY_TOKEN: token });
      const refused = await closed.run('drain', 'x');
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringMatching(
          /\(401\): .*; set REGISTRY_TOKEN or --token-file to the token of the registry\n$/,
        ),
      ]);
      const admitted = launchCommand({ GATEWAY_URL: closed.url, REGISTRY_TOKEN: token }, 'drain', 'x');
      await admitted.exited;
      for (const { stderr } of [admitted, await closed.run('drain', 'x', '--token-file', file)])
        expect(stderr).toContain('(404)');
      await closed.stop();
    });
  });

  it('refuses a token that no header field can hold, and names where it stands, not the token', async () => {
    const [token, file] = ['secret\nof-the-registry', join(folder.path, 'two-lines')];
    writeFileSync(file, token);
    const env = { GATEWAY_URL: gateway.url, REGISTRY_TOKEN: token };
    const ofVariable = launchCommand(env, 'services');
    const { code } = await ofVariable.exited;
    const ofFile = await gateway.run('drain', 'users-a', '--token-file', file);
    for (const [source, ended] of [
      ['REGISTRY_TOKEN', { code, stderr: ofVariable.stderr }],
      [file, ofFile],
    ] as const) {
      expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(`the token in ${source} must`)]);
      expect(ended.stderr).not.toMatch(/secret|of-the-registry/);
    }
  });

  it('refuses a URL with a password, and does not print it', async () => {
    const url = gateway.url.replace('//', '//operator:secret@');
    const ofVariable = launchCommand({ GATEWAY_URL: url }, 'services');
    const { code } = await ofVariable.exited;
    const ofOption = await gateway.run('top', '--once', '--gateway', url.replace(':', ''));
    for (const ended of [{ code, stderr: ofVariable.stderr }, ofOption]) {
      expect([ended.code, ended.stderr]).toEqual([
        2,
        expect.stringContaining('without user name and password'),
      ]);
      expect(ended.stderr).not.toMatch(/operator|secret/);
    }
  });

  it.each([
    ['services'],
    ['events'],
    ['events', '--follow'],
    ['drain', 'users-a'],
    ['top'],
    ['top', '--json'],
  ])('%s %s: has exit code 1 and names the next step without a gateway', async (...args) => {
    const { code, stdout, stderr } = await gateway.run(...args, '--gateway', GATEWAY_AWAY);
    expect([code, stdout, linesOf(stderr)]).toEqual([
      1,
      '',
      [
        expect.stringMatching(
          /^http:\S+ the gateway cannot be reached \(.+\); start it, or name another one/,
        ),
      ],
    ]);
  });

  it.each([
    ['services', 'users'],
    ['services', '--gateway', 'here'],
    ['events', '--limit', 'all'],
    ['drain'],
    ['drain', 'users', 'users-a', 'users-b'],
    ['drain', 'users-a', '--timeout', '1m'],
    ['drain', 'users-a', '--token-file', '/none'],
    ['top', '--json', '--interval'],
    ['completion', 'fish'],
  ])('%s %s %s %s: has exit code 2', async (...args) => {
    const { code, stdout, stderr } = await gateway.run(...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/\w/)]);
  });

  it('says in one line, before the usage, that a value begins with a hyphen', async () => {
    const { code, stderr } = await gateway.run('drain', 'users-a', '--timeout', '-1');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^Option '--timeout' argument is ambiguous\n\nusage: /),
    ]);
  });

  it('says that another server is no gateway', async () => {
    await gateway.add('other', 'other-a', (_, response) => response.end('<html>'));
    const { body } = await call(gateway.url, 'GET /discovery/services/other-a');
    for (const name of ['services', 'events']) {
      const { code, stderr } = await gateway.run(name, '--gateway', body.url as string);
      expect([name, code, stderr]).toEqual([name, 1, expect.stringMatching(/is not that of an MSA Gateway/)]);
    }
  });

  it.each(['services', 'events', 'drain', 'top', 'completion'])(
    '%s --help: shows exit codes',
    async (name) => {
      const { code, stdout } = await gateway.run(name, '--help');
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^usage: msa-gateway \w+.*^exit code: 0 /ms)]);
    },
  );
});

onPrograms(['redis-server'], 'msa-gateway drain, with several gateways', () => {
  let redis: TestRedis;
  let gateway: OperatedGateway;
  beforeAll(async () => {
    redis = await startRedis();
    gateway = await OperatedGateway.start({ REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await redis.stop();
  });

  it('waits for what the instance reports of all of them, after the drain', async () => {
    await gateway.add('users', 'users-a');
    const heartbeat = (inFlight: number) =>
      call(gateway.url, 'POST /discovery/heartbeat/users-a', { body: { inFlight } });
    await heartbeat(0);
    const early = await gateway.run('drain', 'users-a', '--timeout', '1');
    expect([early.code, early.stdout]).toEqual([1, expect.stringContaining('1 request is still pending')]);
    const draining = gateway.launch('drain', 'users-a', '--json');
    await waitFor('the drain', async () => {
      await heartbeat(2);
      return (await gateway.run('drain', 'users-a', '--timeout', '0')).stdout.includes('2 requests are');
    });
    expect(draining.hasEnded).toBe(false);
    await heartbeat(0);
    expect([(await draining.exited).code, JSON.parse(draining.stdout)]).toMatchObject([
      0,
      { pending: 0, isDrained: true },
    ]);
  });
});
