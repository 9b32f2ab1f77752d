import type { HeartbeatDto, InstanceView, RegisterInstanceDto } from '#contracts';
import type { LocalTarget, Registry } from '#registry-client';
import type { RegistryService } from './registry.service.js';

/**
 * The gateway's registry for apps in the same process. An instance registered with a target receives requests
 * without a socket.
 */
export class LocalRegistry implements Registry {
  constructor(private readonly registry: RegistryService) {}

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
}
