import type { HeartbeatDto, RegisterInstanceDto } from '#contracts';
import { DEFAULT_TTL_SECONDS } from '#contracts';
import { RegistryError } from './http-registry.js';
import type { LocalTarget, Registry } from './registry.js';

/** Options of a registration. `logger` is any logger with pino's call signature. */
export interface RegistrationOptions {
  readonly registry: Registry;
  /** The instance chooses its `id`, so that registering again renews the entry instead of adding another. */
  readonly body: RegisterInstanceDto & { readonly id: string };
  readonly target?: LocalTarget;
  readonly logger: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
  /** Returns the body of the next heartbeat. */
  readonly heartbeatBody?: () => HeartbeatDto | Promise<HeartbeatDto>;
}

const FIRST_RETRY_DELAY_MS = 100;
const MAX_RETRY_DELAY_MS = 5000;
// Three heartbeats may be lost before the lease expires.
const HEARTBEATS_PER_LEASE = 4;

/**
 * Keeps one instance registered until it is stopped. Registers with growing delays until the registry responds, sends
 * four heartbeats per lease, and registers again when the registry does not know the instance (404, for example after
 * a restart of the registry).
 */
export class Registration {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private registered = false;
  /** Whether the registry has refused `events` since the last registration. */
  private refusesEvents = false;
  private failures = 0;
  private step: Promise<void> = Promise.resolve();
  private endFirstStep: () => void = () => undefined;
  /** Resolves when the first attempt to register has ended, whatever its result. */
  readonly firstAttempt = new Promise<void>((resolve) => (this.endFirstStep = resolve));

  static start(options: RegistrationOptions): Registration {
    const registration = new Registration(options);
    registration.scheduleStep(0);
    return registration;
  }

  private constructor(private readonly options: RegistrationOptions) {}

  /** Deregisters, and sends nothing afterwards. Does not wait for an unavailable registry: the lease expires. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    // A registration still in flight would add the instance again after its deregistration.
    await this.step;
    if (!this.registered) return;
    this.registered = false;
    try {
      await this.options.registry.unregister(this.options.body.id);
    } catch (error) {
      this.logFailedDeregistration(error);
    }
  }

  // It is normal that the registry stops first, as when the whole system is stopped: not a warning.
  private logFailedDeregistration(error: unknown): void {
    const { logger } = this.options;
    if (error instanceof RegistryError)
      logger.warn(
        { err: error },
        'Deregistration rejected by the registry; the lease of the instance will expire',
      );
    else logger.info({}, 'Registry unreachable at deregistration; the lease of the instance will expire');
  }

  private scheduleStep(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.step = this.runStep().finally(this.endFirstStep);
    }, delayMs);
    this.timer.unref();
  }

  private async runStep(): Promise<void> {
    try {
      if (this.registered) await this.heartbeat();
      else await this.register();
      this.failures = 0;
      this.scheduleStep(this.registered ? this.heartbeatIntervalMs() : 0);
    } catch (error) {
      this.failures += 1;
      if (this.failures === 1 && !this.stopped)
        this.options.logger.warn({ err: error }, failureMessageOf(error));
      this.scheduleStep(this.retryDelayMs());
    }
  }

  private async register(): Promise<void> {
    const { registry, body, target, logger } = this.options;
    await registry.register(body, target);
    this.registered = true;
    this.refusesEvents = false;
    logger.info({ id: body.id, service: body.name }, 'Instance registered with the registry');
  }

  private async heartbeat(): Promise<void> {
    const { registry, body, heartbeatBody } = this.options;
    const report = await heartbeatBody?.();
    const sent = report && this.refusesEvents ? withoutEvents(report) : report;
    const known = await registry.heartbeat(body.id, sent).catch((error: unknown) => {
      if (!sent?.events || !isRefusedReport(error)) throw error;
      return this.heartbeatWithoutEvents(sent, error);
    });
    this.registered = known !== undefined;
  }

  /** A gateway of an earlier version refuses a report that has `events`. */
  private async heartbeatWithoutEvents(report: HeartbeatDto, error: RegistryError) {
    const { registry, body, logger } = this.options;
    const known = await registry.heartbeat(body.id, withoutEvents(report));
    // Only now: a report that is refused again has another fault.
    this.refusesEvents = true;
    logger.info(
      { err: error },
      'Registry refuses the member events of heartbeats; leaving it out until the next registration',
    );
    return known;
  }

  private heartbeatIntervalMs(): number {
    return ((this.options.body.ttlSeconds ?? DEFAULT_TTL_SECONDS) * 1000) / HEARTBEATS_PER_LEASE;
  }

  // Jitter prevents all instances from returning to a restarted registry at the same time.
  private retryDelayMs(): number {
    const maxDelayMs = Math.min(
      FIRST_RETRY_DELAY_MS * 2 ** (this.failures - 1),
      MAX_RETRY_DELAY_MS,
      this.heartbeatIntervalMs(),
    );
    return maxDelayMs * (0.5 + Math.random() / 2);
  }
}

const isRefusedReport = (error: unknown): error is RegistryError =>
  error instanceof RegistryError && error.status === 400;

const withoutEvents = ({ events: _events, ...others }: HeartbeatDto): HeartbeatDto => others;

const failureMessageOf = (error: unknown): string =>
  error instanceof RegistryError
    ? 'Registry rejected the registration or heartbeat; retrying'
    : 'Registry unreachable; retrying registration or heartbeat';
