import { spawnSync } from 'node:child_process';

/** What a process writes that logs one record with this format. */
function written(format: string): string {
  const script = `
    import { createLogger } from '#service-kit';
    const logger = createLogger('shop', { logLevel: 'INFO', logFormat: '${format}' });
    logger.debug('hidden');
    logger.info({ url: 'http://x' }, 'listens\\u001b[31m');
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

describe('The logger', () => {
  it.each(['json', 'auto'])('writes JSON lines to anything but a terminal (%s)', (format) => {
    expect(JSON.parse(written(format))).toMatchObject({ level: 'info', app: 'shop', url: 'http://x' });
  });

  it('writes lines for a reader, without control characters', () => {
    expect(written('pretty')).toMatch(
      /^\[[\d:.]{12}\] INFO: shop: listens\ufffd\[31m \{"url":"http:\/\/x"\}\n$/,
    );
  });
});
