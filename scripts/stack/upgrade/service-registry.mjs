/** Members of an instance that a registration may have; the registry sets the others. */
const REGISTRATION = ['id', 'name', 'url', 'version', 'weight', 'ttlSeconds', 'healthPath', 'metadata'];

const registrationOf = (instance) =>
  Object.fromEntries(REGISTRATION.map((member) => [member, instance[member]]));

const sumOf = (items, figure) => items.reduce((total, item) => total + figure(item), 0);

/**
 * One service in the registry. `call(gateway, method, path, body)` sends a request to one of `gateways`. Any of them accepts writes;
 * each counts its own traffic.
 */
export class ServiceRegistry {
  constructor(service, gateways, call) {
    this.service = service;
    this.gateways = gateways;
    this.call = call;
  }

  instances() {
    return this.call(this.gateways[0], 'GET', `/discovery/services?name=${this.service}`);
  }

  /** Sets a weight by registering the instance again under its id. */
  async setWeight(instances, weight) {
    for (const instance of instances)
      await this.call(this.gateways[0], 'POST', '/discovery/register', {
        ...registrationOf(instance),
        weight,
      });
  }

  /** The policy file of the gateways, and the routes of the service that divide requests among versions. */
  async policies() {
    const { source, routes } = await this.call(this.gateways[0], 'GET', '/policies');
    const dividing = routes.filter(({ target, policy }) => target === this.service && policy.traffic);
    return { source, dividing: dividing.map(({ name }) => name ?? this.service) };
  }

  /** The versions with weights among which each gateway divides the requests to the service. */
  async dividedBy() {
    const services = await Promise.all(
      this.gateways.map((gateway) => this.call(gateway, 'GET', '/services')),
    );
    return services.map((list) => {
      const { traffic = [] } = list.find(({ name }) => name === this.service) ?? {};
      const own = traffic.find(({ route }) => route === null);
      return own?.versions.map(({ version, weight }) => ({ version, weight }));
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

  /** Requests that found no instance, so they count for none. */
  async unserved() {
    return sumOf(await reportsOf(this), ({ problems }) => problems['no-healthy-instance'] ?? 0);
  }
}

/** The metrics of the service from each gateway. */
async function reportsOf({ gateways, service, call }) {
  const reports = await Promise.all(gateways.map((gateway) => call(gateway, 'GET', '/metrics')));
  return reports.flatMap(({ services }) => services.filter(({ name }) => name === service));
}
