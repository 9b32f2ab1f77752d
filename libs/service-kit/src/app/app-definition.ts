import type { DynamicModule, INestApplication } from '@nestjs/common';
import type { FastifyServerFactory } from 'fastify';
import type { Logger } from 'pino';
import type { RegistrationOptions, Registry } from '#registry-client';
import type { LogLevelControl } from '../logging/log-level-control.js';
import type { BaseConfig } from '../config/base-config.js';
import type { Env } from '../config/read-env.js';
import type { EventTransport } from '../events/transport/event-transport.js';
import type { AppTracer } from '../tracing/trace-export.js';
import type { AppReport } from './app-report.js';
import type { Readiness } from './readiness.js';

/** The address at which an app listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system select a free port. */
  readonly port: number;
}

/** Objects that the boot function passes to an app's root module. */
export interface AppContext {
  readonly logger: Logger;
  /** The level of the loggers of this process. */
  readonly logLevel: LogLevelControl;
  readonly readiness: Readiness;
  /** The registry in which the app registers and finds its neighbours. */
  readonly registry: Registry;
  /** Reported with the app's heartbeats. */
  readonly report: AppReport;
  /** Whether the app's `/metrics` includes the metrics of the process. One app per process does. */
  readonly exposesProcess: boolean;
  /** Whether the app may handle signals of the process. */
  readonly handlesSignals: boolean;
  /** Takes the events of the app; `undefined` for an app without events. */
  readonly events: EventTransport | undefined;
  /** `undefined` without traces. */
  readonly tracer: AppTracer | undefined;
  /**
   * The running application, for parts that inspect it later, such as the app's documentation. Not available in
   * `build`.
   */
  application(): INestApplication;
}

/** The parts of an app, built from its configuration. */
export interface AppParts {
  readonly module: DynamicModule;
  /** Creates the listening server, for an app that needs more than Nest's own server. */
  readonly serverFactory?: FastifyServerFactory;
  /** Connects servers of other transports; they start when the app listens. */
  connect?(nest: INestApplication): void;
  /** Ends responses that have no natural end, and refuses further ones. */
  endStreams?(nest: INestApplication): void;
}

/** One deployable app. `main.ts` boots it alone; the monolith boots it beside others. */
export interface AppDefinition<C extends BaseConfig = BaseConfig> {
  readonly name: string;
  /** @throws StartupError that names every invalid variable. */
  readConfig(env: Env): C;
  listenAddress(config: C): ListenAddress;
  /**
   * The registration of a service that listens at `url`. The host of `url` may stand for every address of this
   * machine. An app without this member is not registered.
   */
  registration?(config: C, url: string): RegistrationOptions['body'];
  /** The registry of an app that is booted alone. */
  registry(config: C): Registry;
  /** The transport for the events of an app that is booted alone. An app without this member has no events. */
  events?(config: C, logger: Logger): EventTransport;
  build(config: C, context: AppContext): AppParts;
}
