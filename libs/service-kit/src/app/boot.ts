import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Registration, urlSeenFrom, type Registry } from '#registry-client';
import type { BaseConfig } from '../config/base-config.js';
import type { Env } from '../config/read-env.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { RepeatedWarning } from '../logging/repeated-warning.js';
import type { AppContext, AppDefinition, ListenAddress } from './app-definition.js';
import { closeListener } from './close-listener.js';
import { createNest } from './create-nest.js';
import { endConnectionsWhen } from './end-connections.js';
import { localTargetOf } from './local-target.js';
import { Readiness } from './readiness.js';
import { startupErrorOf } from './startup-error.js';
import { Vitals } from './vitals.js';

/** Longer than nginx keeps connections to gateways that it does not use (`keepalive_timeout` of its upstream). */
const LONGEST_IDLE_MS = 2500;
const LOOPBACK = 'http://127.0.0.1';
/**
 * Connections that the kernel establishes before the event loop accepts them. Node's 511 overflows in a burst of a thousand, and a
 * client whose SYN is dropped waits a second or more. Linux caps the value at `net.core.somaxconn`, 4096 by default.
 */
const BACKLOG = 4096;

/** What a mount decides for the apps that it boots. */
export interface BootOptions {
  readonly env: Env;
  /** Stands in for the registry that the app would use alone: the monolith gives its gateway's own. */
  readonly registry?: Registry;
  /** Stands in for the app's own listening host: the monolith's services listen on loopback. */
  readonly host?: string;
  /** `false`: another app of this process exposes the metrics of the process. */
  readonly exposesProcess?: boolean;
}

/** An app that listens, and is registered if it is a service. */
export interface RunningApp {
  readonly name: string;
  /** Where it listens, as a client on this machine would write it. */
  readonly url: string;
  readonly nest: NestFastifyApplication;
  readonly logger: Logger;
  /** How long to take new work after leaving, until whoever sends it knows. */
  readonly shutdownDelayMs: number;
  readonly shutdownTimeoutMs: number;
  /** Leaves rotation: readiness turns 503 and the registry is told; requests are still answered. */
  leave(): Promise<void>;
  /**
   * Refuses new connections; those that are open end with their next answer. Resolves when none is left, or when nobody
   * should hold one any more that he does not use.
   */
  drain(): Promise<void>;
  /** Finishes what is in flight and frees everything. */
  close(): Promise<void>;
}

/** Boots one app: reads its configuration, starts it, listens, registers. @throws StartupError in one line. */
export async function boot<C extends BaseConfig>(
  definition: AppDefinition<C>,
  options: BootOptions,
): Promise<RunningApp> {
  try {
    return await start(definition, definition.readConfig(options.env), options);
  } catch (error) {
    throw startupErrorOf(definition.name, error);
  }
}

async function start<C extends BaseConfig>(
  definition: AppDefinition<C>,
  config: C,
  options: BootOptions,
): Promise<RunningApp> {
  const { name } = definition;
  const logger = createLogger(name, config.logLevel);
  const readiness = new Readiness();
  const registry = options.registry ?? definition.registry(config);
  const context: AppContext = {
    logger,
    readiness,
    registry,
    exposesProcess: options.exposesProcess ?? true,
    application: () => nest,
  };
  const nest = await createNest(definition.build(config, context), logger);
  endConnectionsWhen(nest.getHttpServer(), () => readiness.isDraining);
  const vitals = new Vitals(nest.getHttpAdapter().getInstance());
  const refused = new RepeatedWarning(logger, 'a connection could not be accepted');
  const { host, port } = definition.listenAddress(config);
  const bound = await listen(nest, { host: options.host ?? host, port });
  // Without descriptors accepting fails, and an error without a listener would end the process.
  nest.getHttpServer().on('error', (err: Error) => refused.record({ err }));
  const url = await urlSeenFrom(LOOPBACK, bound);
  logger.info({ url }, `${name} listens on ${url}`);
  const body = definition.registration?.(config, bound);
  const target = localTargetOf(nest);
  const beat = async () => vitals.beat(await readiness.isReady());
  const registration = body && Registration.start({ registry, body, target, logger, beat });
  return {
    name,
    url,
    nest,
    logger,
    shutdownDelayMs: config.shutdownDelayMs,
    shutdownTimeoutMs: config.shutdownTimeoutMs,
    leave: async () => {
      readiness.beginLeaving();
      await registration?.stop();
    },
    drain: async () => {
      readiness.beginDraining();
      const allEnded = closeListener(nest.getHttpServer());
      await Promise.race([allEnded, sleep(LONGEST_IDLE_MS, undefined, { ref: false })]);
    },
    close: async () => {
      readiness.beginDraining();
      vitals.stop();
      await nest.close();
    },
  };
}

/** Listens and returns the URL of it, whose host may stand for every address; an app that cannot listen frees what it holds. */
async function listen(nest: NestFastifyApplication, { host, port }: ListenAddress): Promise<string> {
  try {
    await nest.listen({ port, host, backlog: BACKLOG });
  } catch (error) {
    // The reason for closing is what the caller has to hear, not what closing says of a half-made app.
    await nest.close().catch(() => undefined);
    throw error;
  }
  const address = nest.getHttpServer().address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
