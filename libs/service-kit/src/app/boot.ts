import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Registration, urlSeenFrom, type Registry } from '#registry-client';
import type { BaseConfig } from '../config/base-config.js';
import type { Env } from '../config/read-env.js';
import { LogLevelControl } from '../logging/log-level-control.js';
import type { EventTransport } from '../events/transport/event-transport.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { TraceExport } from '../tracing/trace-export.js';
import { RepeatedWarning } from '../logging/repeated-warning.js';
import type { AppContext, AppDefinition, ListenAddress } from './app-definition.js';
import { createNest } from './create-nest.js';
import { closeListener, endConnectionsWhen } from './drain-connections.js';
import { applyDeadlines } from '../http/request-deadline.js';
import { logRequests } from '../http/request-log.js';
import { applyTraceContext } from '../http/request-trace.js';
import { localTargetOf } from './local-target.js';
import { Readiness } from './readiness.js';
import { startupErrorOf } from './startup-error.js';
import { AppLoad } from './app-load.js';
import { AppReport } from './app-report.js';

/** Longer than nginx keeps idle connections to gateways (`keepalive_timeout` of its upstream). */
const MAX_IDLE_MS = 2500;
const LOOPBACK = 'http://127.0.0.1';
/**
 * Connections that the kernel establishes before the event loop accepts them. Node's default of 511 overflows in a
 * burst of a thousand, and a client whose SYN is dropped waits a second or more. Linux caps the value at
 * `net.core.somaxconn`, 4096 by default.
 */
const BACKLOG = 4096;

/** Settings of a mount for the apps that it boots. */
export interface BootOptions {
  readonly env: Env;
  /** Replaces the registry that the app uses alone. The monolith passes the registry of its gateway. */
  readonly registry?: Registry;
  /** Replaces the transport that an app with events opens alone. The caller begins and closes it. */
  readonly events?: EventTransport | undefined;
  /** Replaces the app's configured host. The services of the monolith listen on loopback. */
  readonly host?: string;
  /** The level that other apps of this process share with this one. */
  readonly logLevel?: LogLevelControl;
  /** `false` when another app of this process exposes the metrics of the process. */
  readonly exposesProcess?: boolean;
  /** Replaces the readiness that the app has alone, for a start that waits for other apps. */
  readonly readiness?: Readiness;
  /** `false` when the app is a part of a program that handles its signals itself. */
  readonly handlesSignals?: boolean;
  /** Replaces the export that the app opens alone. The monolith passes the one of its gateway. */
  readonly traces?: TraceExport | undefined;
}

/** An app that listens and, if it is a service, is registered. */
export interface RunningApp {
  readonly name: string;
  /** The URL at which it listens, for clients on this machine. */
  readonly url: string;
  readonly nest: NestFastifyApplication;
  readonly logger: Logger;
  readonly logLevel: LogLevelControl;
  /** Resolves when the app is registered or its first attempt to register has failed; at once without registration. */
  readonly firstRegistration: Promise<void>;
  /** The export of its spans; `undefined` without traces. */
  readonly traces: TraceExport | undefined;
  /** How long the app accepts new work after it left rotation, until its senders have noticed; milliseconds. */
  readonly shutdownDelayMs: number;
  readonly shutdownTimeoutMs: number;
  /** Leaves rotation: readiness returns 503 and the instance deregisters. Requests are still served. */
  leave(): Promise<void>;
  /** Ends event streams, which have no natural end and would delay the shutdown; their clients connect to another instance. */
  endStreams(): void;
  /**
   * Refuses new connections; open connections end with their next response. Resolves when none is left, or after
   * {@link MAX_IDLE_MS}: by then load balancers hold no connection that they do not use.
   */
  drain(): Promise<void>;
  /** Finishes requests in flight and releases all resources. */
  close(): Promise<void>;
}

/**
 * Boots one app: reads its configuration, starts it, listens and registers.
 * @throws StartupError with a one-line message.
 */
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
  const logger = createLogger(name, config);
  const logLevel = options.logLevel ?? new LogLevelControl(config.logLevel);
  logLevel.add(logger);
  const readiness = options.readiness ?? new Readiness();
  const registry = options.registry ?? definition.registry(config);
  const traces = options.traces ?? (await openTraces(config, logger));
  const ownEvents = options.events ? undefined : definition.events?.(config, logger);
  const sharedEvents = definition.events ? options.events : undefined;
  const context: AppContext = {
    logger,
    logLevel,
    readiness,
    registry,
    report: new AppReport(),
    exposesProcess: options.exposesProcess ?? true,
    handlesSignals: options.handlesSignals ?? true,
    events: sharedEvents ?? ownEvents,
    tracer: traces?.of(name, options.traces === undefined),
    application: () => nest,
  };
  const parts = definition.build(config, context);
  const nest = await createNest(parts, logger);
  parts.connect?.(nest);
  endConnectionsWhen(nest.getHttpServer(), () => readiness.isDraining);
  const fastify: FastifyInstance = nest.getHttpAdapter().getInstance();
  if (definition.registration) prepareService(fastify, logger);
  const load = new AppLoad(fastify);
  const acceptErrors = new RepeatedWarning(
    logger,
    'Listener cannot accept a connection; clients wait or are refused',
  );
  const { host, port } = definition.listenAddress(config);
  const bound = await listen(nest, { host: options.host ?? host, port });
  // Without free descriptors accepting fails, and an `error` event without a listener would end the process.
  nest.getHttpServer().on('error', (err: Error) => acceptErrors.record({ err }));
  await nest.startAllMicroservices();
  ownEvents?.begin?.();
  const url = await urlSeenFrom(LOOPBACK, bound);
  logger.info({ url }, `${name} listens on ${url}`);
  const body = definition.registration?.(config, bound);
  const target = localTargetOf(fastify.server, (request, response) => fastify.routing(request, response));
  const heartbeatBody = async () => {
    const [ready, report] = await Promise.all([readiness.isReady(), context.report.read()]);
    return Object.assign(load.heartbeatBody(ready), report);
  };
  const registration = body && Registration.start({ registry, body, target, logger, heartbeatBody });
  return {
    name,
    url,
    nest,
    logger,
    logLevel,
    firstRegistration: registration?.firstAttempt ?? Promise.resolve(),
    traces,
    shutdownDelayMs: config.shutdownDelayMs,
    shutdownTimeoutMs: config.shutdownTimeoutMs,
    leave: async () => {
      readiness.beginLeaving();
      await registration?.stop();
    },
    endStreams: () => parts.endStreams?.(nest),
    drain: async () => {
      readiness.beginDraining();
      const allEnded = closeListener(nest.getHttpServer());
      await Promise.race([allEnded, sleep(MAX_IDLE_MS, undefined, { ref: false })]);
    },
    close: async () => {
      readiness.beginDraining();
      load.stop();
      logLevel.stop();
      await nest.close();
      await ownEvents?.close();
      await traces?.release();
    },
  };
}

/**
 * What services alone need. Others call no neighbours for their callers: the asynchronous context of one request would
 * make every later operation of their process dearer. The access log of the gateway has their requests.
 */
function prepareService(fastify: FastifyInstance, logger: Logger): void {
  applyDeadlines(fastify);
  applyTraceContext(fastify);
  logRequests(fastify, logger);
}

async function openTraces({ tracing }: BaseConfig, logger: Logger): Promise<TraceExport | undefined> {
  if (!tracing) return undefined;
  const lost = new RepeatedWarning(logger, 'Trace collector does not take spans; they are lost');
  return TraceExport.open(tracing, (err) => lost.record({ err }));
}

/** Listens and returns its URL, whose host may stand for every address. An app that cannot listen is closed. */
async function listen(nest: NestFastifyApplication, { host, port }: ListenAddress): Promise<string> {
  try {
    await nest.listen({ port, host, backlog: BACKLOG });
  } catch (error) {
    // The caller needs the reason why listening failed, not an error from closing a partly started app.
    await nest.close().catch(() => undefined);
    throw error;
  }
  const address = nest.getHttpServer().address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
