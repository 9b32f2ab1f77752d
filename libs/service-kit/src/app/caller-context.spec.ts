import { Controller, Get, Module } from '@nestjs/common';
import { Deadline, TraceContext } from '#registry-client';
import { bootForTest, nullRegistry } from '#testing';
import { readBaseConfig } from '../config/base-config.js';
import type { AppDefinition } from './app-definition.js';

@Controller()
class ContextController {
  @Get()
  read(): object {
    return { hasDeadline: Deadline.remainingMs !== undefined, ...TraceContext.fields };
  }
}

@Module({ controllers: [ContextController] })
class ContextModule {}

const app: AppDefinition = {
  name: 'app',
  readConfig: readBaseConfig,
  listenAddress: () => ({ host: '127.0.0.1', port: 0 }),
  registry: () => nullRegistry,
  build: () => ({ module: { module: ContextModule } }),
};
const service: AppDefinition = {
  ...app,
  registration: (_config, url) => ({ id: 'app-1', name: 'app', url }),
};

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('The deadline and the trace of a caller', () => {
  it.each([
    ['apply in a service, which calls neighbours', service, { hasDeadline: true, traceparent }],
    ['do not in another app, where they would cost later requests', app, { hasDeadline: false }],
  ])('%s', async (_what, definition, expected) => {
    const running = await bootForTest(definition);
    const response = await fetch(running.url, { headers: { traceparent, 'x-request-timeout-ms': '5000' } });
    expect(await response.json()).toEqual(expected);
    await running.close();
  });
});
