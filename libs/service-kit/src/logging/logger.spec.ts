import { spawnSync } from 'node:child_process';

/**
 * What a process writes that runs this program.
 * @param reader command that passes it on
 */
function output(program: string, reader = 'cat'): string {
  const script = `import { createLogger, standardOutput } from '#service-kit'; ${program}`;
  const command = `"$0" --input-type=module --eval "$1" | ${reader}`;
  const { stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, script], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 ** 2,
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

  it('writes whole lines between batches of others, for a slow reader', () => {
    const lines = output(
      `
        const logger = createLogger('shop', { logLevel: 'INFO', logFormat: 'json' });
        const batch = Buffer.from('{"of":"another log"}\\n'.repeat(3_000));
        for (let n = 0; n < 100; n += 1) {
          standardOutput.write(batch);
          logger.info({ n }, 'line');
          await new Promise(setImmediate);
        }
        await standardOutput.flush();
      `,
      '(sleep 0.5; cat)',
    );
    const records = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { n?: number });
    expect(records.flatMap(({ n }) => n ?? [])).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(records).toHaveLength(100 * 3_001);
  });

  it('writes lines for a reader, without control characters', () => {
    expect(written('pretty')).toMatch(
      /^\[[\d:.]{12}\] INFO: shop: listens\ufffd\[31m \{"url":"http:\/\/x"\}\n$/,
    );
  });
});
