import { spawnSync } from 'node:child_process';

/** What a process writes that runs this program. */
function output(program: string): string {
  const script = `import { createLogger } from '#service-kit'; ${program}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

/** What a process writes that logs one record with this format. */
const written = (format: string): string =>
  output(`
    const logger = createLogger('shop', { logLevel: 'INFO', logFormat: '${format}' });
    logger.debug('hidden');
    logger.info({ url: 'http://x' }, 'listens\\u001b[31m');
  `);

describe('The logger', () => {
  it.each(['json', 'auto'])('writes JSON lines to anything but a terminal (%s)', (format) => {
    expect(JSON.parse(written(format))).toMatchObject({ level: 'info', app: 'shop', url: 'http://x' });
  });

  it('keeps the order of lines of all apps of a process, up to its last one', () => {
    const lines = output(`
      const apps = ['a', 'b', 'c'].map((app) => createLogger(app, { logLevel: 'INFO', logFormat: 'json' }));
      for (let n = 0; n < 999; n += 1) apps[n % 3].info({ n }, 'line');
      setImmediate(() => {
        for (let n = 999; n < 1998; n += 1) apps[n % 3].info({ n }, 'line');
      });
    `);
    const order = lines
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { n: number }).n);
    expect(order).toEqual(Array.from({ length: 1998 }, (_, n) => n));
  });

  it('writes lines for a reader, without control characters', () => {
    expect(written('pretty')).toMatch(
      /^\[[\d:.]{12}\] INFO: shop: listens\ufffd\[31m \{"url":"http:\/\/x"\}\n$/,
    );
  });
});
