import { call, onPrograms, waitFor, type Environment } from '#testing';
import type { DashboardState } from '#contracts';
import { BIN, launchCommand, OperatedGateway } from './operated-gateway.js';
import { Terminal } from './terminal.js';

const ESC = '\u001b[';
/** The alternate screen without a cursor, and everything as before. */
const [ENTER, LEAVE] = [`${ESC}?1049h${ESC}?25l`, `${ESC}?7h${ESC}?25h${ESC}?1049l`];
const COLOUR = `${ESC}3`;

describe('msa-gateway top', () => {
  let gateway: OperatedGateway;
  beforeAll(async () => {
    gateway = await OperatedGateway.start();
    await gateway.add('users', 'users-a');
    await gateway.add('users', 'users-b');
    await gateway.add('orders', 'orders-a', (_, response) => response.writeHead(500).end());
  });
  afterAll(() => gateway.stop());

  const requests = async (path: string, count: number) => {
    for (let i = 0; i < count; i += 1) await call(gateway.url, `GET ${path}`);
  };
  const once = async (env: Environment = {}, ...args: readonly string[]) => {
    const launched = launchCommand({ GATEWAY_URL: gateway.url, ...env }, 'top', ...args);
    expect((await launched.exited).code).toBe(0);
    return launched.stdout;
  };

  it('prints one frame where there is no terminal: rates, errors, latency, instances, what needs attention', async () => {
    await Promise.all([requests('/api/users/', 20), requests('/api/orders/', 20)]);
    await waitFor('the sample', async () => (await once()).includes('NEEDS ATTENTION'));
    const lines = (await once()).split('\n');
    expect(lines[0]).toMatch(/^msa-gateway \d\S+ {2}http:\/\/127\.0\.0\.1:\d+ {2}development {2}started \d/);
    expect(lines[1]).toMatch(
      /^[\d.]+ req\/s {2}errors \d+ % {2}p50 .+ms {2}p99 .+ {2}pending 0 {2}instances 3\/3 up$/,
    );
    const rows = lines.slice(3).map((line) => line.split(/ {2,}/));
    const number = expect.stringMatching(/^[\d.]+$/) as string;
    const duration = expect.stringMatching(/^[\d.]+ (ms|s)$/) as string;
    expect(rows.slice(0, 3)).toEqual([
      'CONDITION SERVICE UP REQ/S ERRORS P50 P99 PENDING'.split(' '),
      ['critical', 'orders', '1/1', number, '100 %', duration, duration, '0'],
      ['ok', 'users', '2/2', number, '0 %', duration, duration, '0'],
    ]);
    expect(lines.slice(6)).toEqual(
      expect.arrayContaining([
        'NEEDS ATTENTION',
        expect.stringMatching(/^critical +service-failing orders for \d/),
      ]),
    );
  });

  it('is coloured by FORCE_COLOR alone where there is no terminal', async () => {
    for (const [env, isColoured] of [
      [{}, false],
      [{ FORCE_COLOR: '1' }, true],
      [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
      [{ FORCE_COLOR: '0' }, false],
    ] as const)
      expect([env, (await once(env)).includes(ESC)]).toEqual([env, isColoured]);
  });

  it('prints one object a frame with --json', async () => {
    const [first, ...rest] = (await once({}, '--once', '--json')).trim().split('\n');
    expect([JSON.parse(first!), rest]).toMatchObject([{ services: { users: { total: 2 } } }, []]);
    const live = gateway.launch('top', '--json');
    await waitFor('three frames', () => live.stdout.split('\n').length > 3);
    const states = live.records as unknown as readonly DashboardState[];
    live.signal('SIGTERM');
    expect(await live.exited).toEqual({ code: 0, signal: null });
    for (const state of states) expect(state.services.users?.healthy).toBe(2);
  });

  onPrograms(['python3'], 'msa-gateway top in a terminal', () => {
    const open = (env: Environment = {}, size: readonly [number, number] = [100, 24]) =>
      new Terminal([process.execPath, BIN, 'top'], { GATEWAY_URL: gateway.url, ...env }, size);
    const shows = (text: RegExp) => (lines: readonly string[]) => lines.some((line) => text.test(line));

    it.each([
      ['q', (terminal: Terminal) => terminal.type('q')],
      ['Ctrl-C', (terminal: Terminal) => terminal.type('\u0003')],
      ['SIGTERM', (terminal: Terminal) => terminal.signal('SIGTERM')],
      ['SIGHUP', (terminal: Terminal) => terminal.signal('SIGHUP')],
    ])('ends by %s and leaves the terminal as it was', async (_, end) => {
      const terminal = open();
      await terminal.waitForFrame(shows(/^(ok|critical) +users/));
      end(terminal);
      expect(await terminal.exited).toEqual({ code: 0, echoes: true });
      expect([terminal.output.startsWith(ENTER), terminal.output.endsWith(LEAVE)]).toEqual([true, true]);
    });

    it('leaves the terminal as it was before the error that ends it is printed', async () => {
      const bug = "data:text/javascript,setTimeout(() => { throw new Error('a bug') }, 1500)";
      const terminal = open({ NODE_OPTIONS: `--import="${bug}"` });
      expect(await terminal.exited).toEqual({ code: 1, echoes: true });
      const [, after = ''] = terminal.output.split(LEAVE);
      expect(after).toContain('a bug');
    });

    it('opens no screen if the gateway cannot be reached', async () => {
      const terminal = open({ GATEWAY_URL: 'http://127.0.0.1:1' });
      expect(await terminal.exited).toEqual({ code: 1, echoes: true });
      expect(terminal.output).toMatch(/^http:\S+ the gateway cannot be reached/);
    });

    it('follows the gateway, fits the size of the terminal, and shows a lost connection', async () => {
      const own = await OperatedGateway.start();
      for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await own.add(name, `${name}-1`);
      const terminal = open({ GATEWAY_URL: own.url });
      await terminal.waitForFrame(shows(/instances 8\/8 up/));
      await own.add('late', 'late-1');
      await terminal.waitForFrame(shows(/^ok +late +1\/1/));
      terminal.resize(80, 10);
      const lines = await terminal.waitForFrame((frame) => frame.length === 10);
      expect([lines[3]?.startsWith('CONDITION'), lines[7], lines[9]]).toEqual([
        true,
        '… 6 more services',
        'q quits',
      ]);
      await own.restart();
      await terminal.waitForFrame(shows(/^connection lost, connecting again: /));
      await terminal.waitForFrame(shows(/^q quits/));
      terminal.type('q');
      expect(await terminal.exited).toEqual({ code: 0, echoes: true });
      await own.stop();
    });

    it('is coloured unless NO_COLOR says otherwise, and says the same without colours', async () => {
      for (const [env, isColoured] of [
        [{}, true],
        [{ NO_COLOR: '1' }, false],
        [{ TERM: 'dumb' }, false],
      ] as const) {
        const terminal = open(env);
        await terminal.waitForFrame(shows(/^(ok|critical) +users +2\/2/));
        terminal.type('q');
        await terminal.exited;
        expect([env, terminal.output.includes(COLOUR)]).toEqual([env, isColoured]);
      }
    });
  });
});
