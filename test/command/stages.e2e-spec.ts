import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { call, launchNode, tempDir } from '#testing';
import { BIN, launchCommand } from './operated-gateway.js';

const folder = tempDir('command-stages-');
afterAll(() => folder.remove());

function fileOf(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

const STAGE = `{
  name: 'teapot',
  validate: (settings) =>
    settings.at > 0 ? { value: settings } : { issues: [{ message: 'must be above 0', path: ['at'] }] },
  create: ({ at }) => ({
    name: 'teapot',
    request: () => ({ status: 418, fields: {}, body: Buffer.from('teapot ' + at) }),
  }),
}`;
const module = fileOf('stages.mjs', `export default [${STAGE}];\n`);
const common = fileOf('stages.cjs', `module.exports = [${STAGE}];\n`);
const compiled = fileOf(
  'compiled.cjs',
  `Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = [${STAGE}];\n`,
);
const policies = (at: string) => `version: 1\nservices: { tea: { stages: { teapot: { at: ${at} } } } }\n`;
const valid = fileOf('valid.yaml', policies('7'));
const wrong = fileOf('wrong.yaml', policies('0'));
const record = fileOf('record', '');

const ENV = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'info' };

async function run(...args: readonly string[]) {
  const launched = launchCommand(ENV, ...args);
  const { code } = await launched.exited;
  return { code, stdout: launched.stdout, stderr: launched.stderr };
}

describe('msa-gateway start --stages', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterAll(() => server.close());

  it.each([
    ['an ES module', module],
    ['CommonJS', common],
    ['CommonJS that tsc has written', compiled],
  ])('runs the stages of %s', async (_, path) => {
    const gateway = launchNode(BIN, ['start', '--config', valid, '--stages', path, '--json'], ENV);
    const [, url = ''] = await gateway.waitForOutput(/"url":"(http:[^"]+)".*ready: open/);
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await call(url, 'POST /discovery/register', { body: { name: 'tea', url: target } });
    const response = await fetch(`${url}/api/tea/`);
    expect([response.status, await response.text()]).toEqual([418, 'teapot 7']);
    gateway.signal('SIGTERM');
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
  });

  it('refuses settings that the stage refuses, and names their place', async () => {
    const { code, stderr } = await run('start', '--config', wrong, '--stages', module);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('services.tea.stages.teapot.at: must be above 0'),
    ]);
  });
});

describe('msa-gateway check and plan --stages', () => {
  it('check the settings of stages', async () => {
    for (const [args, code, text] of [
      [['check', valid, '--stages', module], 0, ''],
      [['check', valid], 0, 'stages.teapot is not checked: name the module'],
      [
        ['check', wrong, '--stages', module],
        1,
        'wrong.yaml:2:44 services.tea.stages.teapot.at: must be above 0',
      ],
      [['plan', wrong, '--stages', module, '--record', record], 2, 'stages.teapot.at: must be above 0'],
      [['plan', valid, '--stages', module, '--record', record], 2, 'the record is empty'],
    ] as const) {
      const ended = await run(...args);
      expect([args, ended.code, ended.stderr]).toEqual([args, code, expect.stringContaining(text)]);
    }
  });

  it.each([
    ['none.mjs', undefined, /^there is no module of stages at .*none\.mjs$/],
    [
      'no-default.mjs',
      'export const stages = [];',
      /^the default export of .*no-default\.mjs must be an array/,
    ],
    [
      'no-stage.mjs',
      'export default [{ name: "a" }];',
      /^stages\[0\]\.validate must be a function\nstages\[0\]/,
    ],
    ['syntax.mjs', 'export default [\n  ];;)', /syntax\.mjs cannot be loaded: Unexpected token '\)'$/],
    ['throws.mjs', '\nthrow new Error("no\\nkey");', /throws\.mjs cannot be loaded: no \(line 2:7\)$/],
    [
      'imports.mjs',
      'import "none";\nexport default [];',
      /imports\.mjs cannot be loaded: Cannot find package 'none'/,
    ],
  ])('say in plain text what is wrong with the module %s', async (name, text, reason) => {
    const path = text === undefined ? join(folder.path, name) : fileOf(name, text);
    const checked = await run('check', valid, '--stages', path);
    expect([checked.code, checked.stdout, checked.stderr.trimEnd()]).toEqual([
      2,
      '',
      expect.stringMatching(reason),
    ]);
    const started = await run('start', '--config', valid, '--stages', path);
    expect([started.code, started.stderr]).toEqual([1, expect.stringMatching(/^bad configuration: .+\n$/)]);
  });
});
