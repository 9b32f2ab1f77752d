import type { HeartbeatDto, InstanceView, PurgeDto, RegisterInstanceDto } from '#contracts';
import type { LocalTarget, Registry } from '#registry-client';
import type { RegistryService } from './registry.service.js';

/**
 * The gateway's registry for apps in the same process. An instance registered with a target receives requests
 * without a socket.
 */
export class LocalRegistry implements Registry {
  /** @param purge removes stored responses from all gateways */
  constructor(
    private readonly registry: RegistryService,
    private readonly purge: (selected: PurgeDto) => Promise<unknown>,
  ) {}

  async register(registration: RegisterInstanceDto, target?: LocalTarget): Promise<InstanceView> {
    return (await this.registry.register(registration, target)).instance;
  }

  heartbeat(id: string, report: HeartbeatDto = {}): Promise<InstanceView | undefined> {
    return this.registry.heartbeat(id, report);
  }

  async unregister(id: string): Promise<void> {
    await this.registry.unregister(id);
  }

  instances(service: string): Promise<readonly InstanceView[]> {
    return this.registry.list({ name: service });
  }

  async purgeResponses(selected: PurgeDto): Promise<void> {
    await this.purge(selected);
  }
}
