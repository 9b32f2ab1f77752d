import type { InstanceView, RegisterInstanceDto } from '#contracts';
import { HttpRegistry, type HttpRegistryOptions } from '../http-registry.js';
import { instanceId } from '../instance-id.js';
import { Neighbours } from '../neighbours/neighbours.js';
import { Registration, type RegistrationOptions } from '../registration.js';
import { ServiceClient } from './service-client.js';

/** Options of {@link GatewayClient}. */
export interface GatewayClientOptions extends HttpRegistryOptions {
  /** Any logger with pino's call signature. Default: warnings only, to standard error. */
  readonly logger?: RegistrationOptions['logger'];
}

const WARNINGS_TO_STANDARD_ERROR: RegistrationOptions['logger'] = {
  info: () => undefined,
  warn: (details, message) => console.error(message, details),
};

/**
 * A program's access to a gateway: registers it, finds other services, and calls them.
 * @example
 * const client = new GatewayClient({ url: 'http://127.0.0.1:8000' });
 * client.register({ name: 'greeter', url: 'http://0.0.0.0:9000' });
 * await client.service('user-service').get('/users');
 * await client.close();
 */
export class GatewayClient {
  private readonly registry: HttpRegistry;
  private readonly neighbours: Neighbours;
  private readonly registrations = new Set<Registration>();

  constructor(private readonly options: GatewayClientOptions) {
    this.registry = new HttpRegistry(options);
    this.neighbours = new Neighbours(this.registry);
  }

  /**
   * Keeps an instance registered until it is stopped; see {@link Registration}. Call it when the program listens. A host
   * of 0.0.0.0 in `url` becomes the address from which this machine reaches the gateway. Without an `id`, the instance
   * has one that stays the same over restarts.
   */
  register({ id, ...body }: RegisterInstanceDto): Registration {
    const registration = Registration.start({
      registry: this.registry,
      body: { ...body, id: id ?? instanceId({ ...body, advertisedUrl: undefined }) },
      logger: this.options.logger ?? WARNINGS_TO_STANDARD_ERROR,
    });
    this.registrations.add(registration);
    return registration;
  }

  /** A client of the service with this name. */
  service(name: string): ServiceClient {
    return new ServiceClient(name, this.neighbours);
  }

  /** All instances of a service, in any status. @throws RegistryError */
  instances(service: string): Promise<readonly InstanceView[]> {
    return this.registry.instances(service);
  }

  /** Deregisters every instance and closes every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.registrations].map((registration) => registration.stop()));
    await this.neighbours.close();
  }
}
