/** Members of an instance that a registration may have; the others are the registry's own. */
const REGISTRATION = ['id', 'name', 'url', 'version', 'weight', 'ttlSeconds', 'healthPath', 'metadata'];

const registrationOf = (instance) =>
  Object.fromEntries(REGISTRATION.map((member) => [member, instance[member]]));

/**
 * One service, as gateways know it. `ask(gateway, method, path, body)` asks one of `gateways`, any of which takes writes;
 * each has counted its own traffic.
 */
export class ServiceRegistry {
  constructor(service, gateways, ask) {
    this.service = service;
    this.gateways = gateways;
    this.ask = ask;
  }

  instances() {
    return this.ask(this.gateways[0], 'GET', `/discovery/services?name=${this.service}`);
  }

  /** An instance that registers again under its id is the same one with another weight. */
  async weigh(instances, weight) {
    for (const instance of instances)
      await this.ask(this.gateways[0], 'POST', '/discovery/register', {
        ...registrationOf(instance),
        weight,
      });
  }

  async failureRate(instances) {
    const ids = new Set(instances.map(({ id }) => id));
    const reports = await Promise.all(this.gateways.map((gateway) => this.ask(gateway, 'GET', '/metrics')));
    const counted = reports
      .flatMap(({ services }) => services.filter(({ name }) => name === this.service))
      .flatMap((service) => service.instances.filter(({ id }) => ids.has(id)));
    const sum = (member) => counted.reduce((total, instance) => total + instance[member], 0);
    return sum('requests') === 0 ? 0 : sum('errors') / sum('requests');
  }
}
