/** A small monolith: a gateway and one Nest service in one process, the service registered as a local instance. */
import { Controller, Get, Module, Param } from '@nestjs/common';
import { gateway, localRegistryOf } from '#apps/gateway';
import { boot, readServiceConfig, registrationOf } from '#service-kit';

class PayloadController {
  payload(size) {
    return 'x'.repeat(Number(size));
  }
}
// Decorators are applied manually: this file runs without a compiler.
Controller()(PayloadController);
Get(':size')(PayloadController.prototype, 'payload', methodOf(PayloadController, 'payload'));
Param('size')(PayloadController.prototype, 'payload', 0);

class PayloadModule {}
Module({ controllers: [PayloadController] })(PayloadModule);

function methodOf(type, name) {
  return Object.getOwnPropertyDescriptor(type.prototype, name);
}

const payload = {
  name: 'bench',
  readConfig: (env) => readServiceConfig(env, 'BENCH_SERVICE_PORT', 0),
  listenAddress: ({ host, port }) => ({ host, port }),
  registration: (config, url) => registrationOf({ name: 'bench', version: '1.0.0' }, config, url),
  registry: () => {
    throw new Error('this service runs in the process of its gateway only');
  },
  build: () => ({ module: { module: PayloadModule } }),
};

const { env } = process;
const outside = await boot(gateway, { env });
const inside = await boot(payload, { env, registry: localRegistryOf(outside) });
process.on('disconnect', () => process.exit());
process.send({ gatewayUrl: outside.url, serviceUrl: inside.url });
