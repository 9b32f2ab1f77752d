/** A gateway and the flow service in one process; the service is registered as a local instance. */
import { Inject, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { gateway, localRegistryOf } from '#apps/gateway';
import { boot, readServiceConfig, registrationOf } from '#service-kit';
import { handle } from './flow-service.mjs';

/** Passes every request to {@link handle}, with the body unread. */
class FlowModule {
  constructor(host) {
    this.host = host;
  }

  onModuleInit() {
    const fastify = this.host.httpAdapter.getInstance();
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _body, done) => done(null));
    fastify.all('/*', (request, reply) => {
      reply.hijack();
      handle(request.raw, reply.raw);
    });
  }
}
// Applies decorators manually, because this file runs without a compiler.
Inject(HttpAdapterHost)(FlowModule, undefined, 0);
Module({})(FlowModule);

const flow = {
  name: 'flow',
  readConfig: (env) => readServiceConfig(env, 'FLOW_SERVICE_PORT', 0),
  listenAddress: ({ host, port }) => ({ host, port }),
  registration: (config, url) => registrationOf({ name: 'flow', version: '1.0.0' }, config, url),
  build: () => ({ module: { module: FlowModule } }),
};

const { env } = process;
const outside = await boot(gateway, { env });
const inside = await boot(flow, { env, registry: localRegistryOf(outside) });
const apps = [inside, outside];

process.once('SIGTERM', async () => {
  for (const app of apps) await app.leave();
  for (const app of apps) await app.close();
  process.exit();
});
