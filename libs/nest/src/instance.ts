import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayClient, type Registration } from '#registry-client';
import { listeningUrlOf } from './listening-url.js';
import { MSA_OPTIONS, type MsaModuleOptions, type MsaModuleSettings } from './options.js';
import { RequestsInFlight } from './requests-in-flight.js';

const DEFAULT_SHUTDOWN_DELAY_MS = 1000;
const DEFAULT_SHUTDOWN_TIMEOUT_MS = 25_000;

/**
 * The app as an instance of its service: registered from when it listens until it shuts down. An app that does not listen,
 * such as an application context, is not registered, and neither is one without a name.
 */
@Injectable()
export class Instance implements OnApplicationBootstrap, OnModuleDestroy {
  private registration: Registration | undefined;
  private requests: RequestsInFlight | undefined;

  constructor(
    @Inject(MSA_OPTIONS) private readonly options: MsaModuleSettings,
    private readonly gateway: GatewayClient,
    private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    const { options } = this;
    const server = serverOf(this.host);
    if (!server || options.name === undefined) return;
    this.requests = new RequestsInFlight(server);
    if (server.listening) this.register(server, options);
    else server.once('listening', () => this.register(server, options));
  }

  /**
   * Leaves rotation and finishes requests. It is the earliest hook of a shutdown, because handlers of requests use what other
   * modules release in theirs.
   */
  async onModuleDestroy(): Promise<void> {
    const { options } = this;
    if (!this.registration || !this.requests || options.name === undefined) return;
    const { shutdownDelayMs = DEFAULT_SHUTDOWN_DELAY_MS, shutdownTimeoutMs = DEFAULT_SHUTDOWN_TIMEOUT_MS } =
      options;
    await this.registration.stop();
    this.requests.endConnections();
    await sleep(shutdownDelayMs);
    await Promise.race([this.requests.none(), sleep(shutdownTimeoutMs, undefined, { ref: false })]);
  }

  private register(server: Server, options: MsaModuleOptions): void {
    const {
      port,
      gateway: _gateway,
      shutdownDelayMs: _delay,
      shutdownTimeoutMs: _timeout,
      ...body
    } = options;
    const url = body.url ?? listeningUrlOf(server, port);
    if (url === undefined)
      new Logger('MsaModule').error('Not registered: the app listens at no port; set `url`');
    else this.registration = this.gateway.register({ ...body, url });
  }
}

/** Nest types it as any. Contexts and unit tests have an adapter without a server, or no adapter. */
const serverOf = ({ httpAdapter }: Partial<HttpAdapterHost>): Server | undefined =>
  httpAdapter?.getHttpServer() as Server | undefined;
