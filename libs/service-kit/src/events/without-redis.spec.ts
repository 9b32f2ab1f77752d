import { Module } from '@nestjs/common';
import { bootForTest, call } from '#testing';
import type { Env } from '../config/read-env.js';
import { createLogger } from '../logging/logger.js';
import { defineService } from '../service/define-service.js';

@Module({})
class NoFeatures {}

const service = defineService({
  name: 'note-service',
  version: '1.0.0',
  portVariable: 'NOTE_SERVICE_PORT',
  defaultPort: 0,
  migrations: {},
  hasEvents: true,
  module: () => ({ module: NoFeatures }),
});

/** What the service logs about its transport, by level. */
function logged(env: Env): Readonly<Record<'info' | 'warn', readonly string[]>> {
  const lines: { readonly info: string[]; readonly warn: string[] } = { info: [], warn: [] };
  const logger = createLogger('note-service', service.readConfig(env));
  logger.info = (line: unknown) => void lines.info.push(String(line));
  logger.warn = (line: unknown) => void lines.warn.push(String(line));
  void service.events!(service.readConfig(env), logger).close();
  return lines;
}

const health = async (env: Env): Promise<unknown> => {
  const app = await bootForTest(service, env);
  const { status, body } = await call(app.url, 'GET /health');
  await app.close();
  return { status, events: (body as { readonly details: { readonly events: unknown } }).details.events };
};

const UNREACHED = 'REDIS_URL is not set: events reach handlers of this service only';

describe('a service in a process of its own without Redis', () => {
  it('warns in production, names the remedy, and is degraded', async () => {
    const env = { ENVIRONMENT: 'production' };
    expect(logged(env)).toEqual({
      info: [],
      warn: [expect.stringMatching(`^${UNREACHED}\\. .*Set REDIS_URL for all services`)],
    });
    const message = `${UNREACHED}; other services miss them`;
    expect(await health(env)).toEqual({ status: 200, events: { status: 'degraded', message } });
  });

  it('logs it in development, and is up', async () => {
    expect(logged({})).toEqual({ info: [`${UNREACHED}; others miss them`], warn: [] });
    expect(await health({})).toMatchObject({ status: 200, events: { status: 'up', reach: 'service' } });
  });
});
