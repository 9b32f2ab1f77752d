import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { Registration, type LocalTarget, type Registry } from '#registry-client';
import type { BaseConfig } from '../config/base-config.js';
import type { Env } from '../config/read-env.js';
import { useStrictJson, BODY_LIMIT } from '../http/body-parser.js';
import { answerClientError } from '../http/client-error.js';
import { ProblemFilter, sendProblem } from '../http/problem.filter.js';
import { REQUEST_ID_HEADER, requestIdOf } from '../http/request-id.js';
import { toProblem } from '../http/to-problem.js';
import { createValidationPipe } from '../http/validation.pipe.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { NestLogger } from '../logging/nest-logger.js';
import { localTargetOf } from './local-target.js';
import type { AppDefinition, AppParts, ListenAddress } from './app-definition.js';
import { Readiness } from './readiness.js';
import { startupErrorOf } from './startup-error.js';

/** What a mount decides for the apps that it boots. */
export interface BootOptions {
  readonly env: Env;
  /** Stands in for the registry that the app would use alone: the monolith gives its gateway's own. */
  readonly registry?: Registry;
  /** Stands in for the app's own listening host: the monolith's services listen on loopback. */
  readonly host?: string;
}

/** An app that listens, and is registered if it is a service. */
export interface RunningApp {
  readonly name: string;
  /** Where it listens, as a client on this machine would write it. */
  readonly url: string;
  readonly nest: NestFastifyApplication;
  readonly logger: Logger;
  readonly shutdownTimeoutMs: number;
  /** Leaves rotation: readiness turns 503 and the registry is told; requests are still answered. */
  leave(): Promise<void>;
  /** Finishes what is in flight and frees everything. */
  close(): Promise<void>;
}

/** Boots one app: reads its configuration, starts it, listens, registers. @throws StartupError in one line. */
export async function boot<C extends BaseConfig>(
  definition: AppDefinition<C>,
  options: BootOptions,
): Promise<RunningApp> {
  const config = definition.readConfig(options.env);
  const logger = createLogger(definition.name, config.logLevel);
  const readiness = new Readiness();
  const registry = options.registry ?? definition.registry(config);
  try {
    const nest = await createNest(definition.build(config, { logger, readiness, registry }), logger);
    const url = await listen(nest, {
      ...definition.listenAddress(config),
      ...(options.host && { host: options.host }),
    });
    logger.info({ url }, `${definition.name} listens on ${url}`);
    const registration = register(definition, config, { url, registry, logger, target: localTargetOf(nest) });
    return {
      name: definition.name,
      url,
      nest,
      logger,
      shutdownTimeoutMs: config.shutdownTimeoutMs,
      leave: async () => {
        readiness.beginDraining();
        await registration?.stop();
      },
      close: () => nest.close(),
    };
  } catch (error) {
    throw startupErrorOf(definition.name, error);
  }
}

async function createNest(parts: AppParts, logger: Logger): Promise<NestFastifyApplication> {
  const fastifyOptions: FastifyServerOptions = {
    bodyLimit: BODY_LIMIT,
    genReqId: (request) => requestIdOf(request.headers),
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) =>
      sendProblem(reply, request, toProblem(error) ?? toProblemOrThrow(error)),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    ...(parts.serverFactory && { serverFactory: parts.serverFactory }),
  };
  const adapter = new FastifyAdapter(fastifyOptions);
  const nest = await NestFactory.create<NestFastifyApplication>(parts.module, adapter, {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  prepare(nest.getHttpAdapter().getInstance());
  nest.useGlobalPipes(createValidationPipe());
  nest.useGlobalFilters(new ProblemFilter(logger));
  return nest;
}

function toProblemOrThrow(error: Error): never {
  throw error;
}

function prepare(fastify: FastifyInstance): void {
  useStrictJson(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    done();
  });
}

async function listen(nest: NestFastifyApplication, { host, port }: ListenAddress): Promise<string> {
  await nest.listen(port, host);
  const address = nest.getHttpServer().address() as AddressInfo;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${address.port}`;
}

interface RegisterWith {
  readonly url: string;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly target: LocalTarget;
}

function register<C extends BaseConfig>(
  definition: AppDefinition<C>,
  config: C,
  { url, ...rest }: RegisterWith,
) {
  if (!definition.registration) return undefined;
  return Registration.start({ ...rest, body: definition.registration(config, url) });
}
