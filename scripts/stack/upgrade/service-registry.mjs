/** Members of an instance that a registration may have; the others are the registry's own. */
const REGISTRATION = ['id', 'name', 'url', 'version', 'weight', 'ttlSeconds', 'healthPath', 'metadata'];

const registrationOf = (instance) =>
  Object.fromEntries(REGISTRATION.map((member) => [member, instance[member]]));

const sumOf = (items, figure) => items.reduce((total, item) => total + figure(item), 0);

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
    const counted = (await reportsOf(this)).flatMap((service) =>
      service.instances.filter(({ id }) => ids.has(id)),
    );
    const requests = sumOf(counted, ({ requests }) => requests);
    return requests === 0 ? 0 : sumOf(counted, ({ errors }) => errors) / requests;
  }

  /** These count for no instance, since they met none. */
  async unserved() {
    return sumOf(await reportsOf(this), ({ problems }) => problems['no-healthy-instance'] ?? 0);
  }
}

/** What each gateway counted of the service. */
async function reportsOf({ gateways, service, ask }) {
  const reports = await Promise.all(gateways.map((gateway) => ask(gateway, 'GET', '/metrics')));
  return reports.flatMap(({ services }) => services.filter(({ name }) => name === service));
}
