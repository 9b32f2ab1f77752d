import type { InstanceView, RegisterInstanceDto } from '#contracts';
import type { Registry } from '#registry-client';

/** A minimal registry: an instance is `up` from its registration until it unregisters. */
export class MapRegistry implements Registry {
  private readonly known = new Map<string, InstanceView>();

  register(body: RegisterInstanceDto): Promise<InstanceView> {
    const now = new Date().toISOString();
    const view: InstanceView = {
      id: body.id ?? body.url,
      name: body.name,
      url: body.url,
      transport: 'http',
      version: body.version ?? '0.0.0',
      weight: 100,
      ttlSeconds: 15,
      healthPath: '/health/ready',
      metadata: {},
      status: 'up',
      statusReason: 'registered',
      registeredAt: now,
      lastHeartbeatAt: now,
      expiresAt: now,
      lastProbe: null,
    };
    this.known.set(view.id, view);
    return Promise.resolve(view);
  }

  heartbeat(id: string): Promise<InstanceView | undefined> {
    return Promise.resolve(this.known.get(id));
  }

  unregister(id: string): Promise<void> {
    this.known.delete(id);
    return Promise.resolve();
  }

  instances(service: string): Promise<readonly InstanceView[]> {
    return Promise.resolve([...this.known.values()].filter(({ name }) => name === service));
  }

  purgeResponses(): Promise<void> {
    return Promise.resolve();
  }
}
