import type { Server } from 'node:http';
import { Problem, type RegisterInstanceDto } from '#contracts';
import { instanceId, Registration, urlSeenFrom } from '#registry-client';
import { localTargetOf, type RunningApp } from '#service-kit';
import { validRegistration } from './discovery/index.js';
import type { MountedService, MountOptions } from './mounted-service.js';
import { localRegistryOf } from './running-gateway.js';

const LOOPBACK = 'http://127.0.0.1';

/**
 * Registers `server` at a running gateway, which passes requests to it without a socket.
 * @throws Error if the server does not listen at a port, or the registry refuses the registration
 */
export async function mountService(
  gateway: RunningApp,
  server: Server,
  options: MountOptions,
): Promise<MountedService> {
  const url = options.url ?? (await urlSeenFrom(LOOPBACK, listeningUrlOf(server)));
  const id = options.id ?? instanceId({ name: options.name, url, advertisedUrl: options.url });
  const body = Object.assign(validated({ ...options, id, url }), { id });
  const registry = localRegistryOf(gateway);
  const target = localTargetOf(server);
  await registry.register(body, target);
  const registration = Registration.start({ registry, body, target, logger: gateway.logger });
  return { id, unmount: () => registration.stop() };
}

function listeningUrlOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string')
    throw new Error('gateway: a server must listen at a port before it is mounted');
  return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

/** @throws Error that names every invalid member */
function validated(registration: RegisterInstanceDto): RegisterInstanceDto {
  try {
    return validRegistration(registration);
  } catch (error) {
    if (!(error instanceof Problem) || !error.errors) throw error;
    const details = error.errors.map(({ detail }) => detail).join('; ');
    throw new Error(`gateway: the server cannot be mounted: ${details}`, { cause: error });
  }
}
