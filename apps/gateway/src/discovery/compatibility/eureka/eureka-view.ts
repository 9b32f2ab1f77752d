import type { InstanceStatus, InstanceView } from '#contracts';
import { EUREKA_ID, EUREKA_VIP } from './eureka-registration.js';

const STATUS: Readonly<Record<InstanceStatus, string>> = {
  starting: 'STARTING',
  up: 'UP',
  down: 'DOWN',
  draining: 'OUT_OF_SERVICE',
};

const DATA_CENTER = { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo', name: 'MyOwn' };

/** What Eureka's JSON shows of an instance. */
export type ShownInstance = Pick<
  InstanceView,
  | 'id'
  | 'name'
  | 'url'
  | 'status'
  | 'healthPath'
  | 'metadata'
  | 'ttlSeconds'
  | 'registeredAt'
  | 'lastHeartbeatAt'
>;

/** An instance in Eureka's JSON. */
export type EurekaInstance = Readonly<Record<string, unknown>>;

/** Whether `action` of a delta or of a full list. */
export type EurekaAction = 'ADDED' | 'MODIFIED' | 'DELETED';

const portOf = (port: number, isEnabled: boolean) => ({ $: port, '@enabled': String(isEnabled) });

/** An instance as Eureka's API returns it. */
export function eurekaInstanceOf(view: ShownInstance, actionType: EurekaAction = 'ADDED'): EurekaInstance {
  const { protocol, hostname, port } = new URL(view.url);
  const isSecure = protocol === 'https:';
  const number = port === '' ? (isSecure ? 443 : 80) : Number(port);
  const host = hostname.replace(/^\[|\]$/g, '');
  const {
    [EUREKA_ID]: instanceId = view.id,
    [EUREKA_VIP]: vipAddress = view.name,
    ...metadata
  } = view.metadata;
  const changedAt = String(Date.parse(view.lastHeartbeatAt));
  return {
    instanceId,
    app: view.name.toUpperCase(),
    hostName: host,
    ipAddr: host,
    status: STATUS[view.status],
    overriddenstatus: view.status === 'draining' ? STATUS.draining : 'UNKNOWN',
    port: portOf(isSecure ? 80 : number, !isSecure),
    securePort: portOf(isSecure ? number : 443, isSecure),
    countryId: 1,
    dataCenterInfo: DATA_CENTER,
    leaseInfo: leaseOf(view),
    metadata,
    homePageUrl: `${view.url}/`,
    healthCheckUrl: view.url + view.healthPath,
    vipAddress,
    secureVipAddress: vipAddress,
    isCoordinatingDiscoveryServer: 'false',
    lastUpdatedTimestamp: changedAt,
    lastDirtyTimestamp: changedAt,
    actionType,
  };
}

const leaseOf = (view: ShownInstance) => ({
  renewalIntervalInSecs: Math.ceil(view.ttlSeconds / 3),
  durationInSecs: view.ttlSeconds,
  registrationTimestamp: Date.parse(view.registeredAt),
  lastRenewalTimestamp: Date.parse(view.lastHeartbeatAt),
  evictionTimestamp: 0,
  serviceUpTimestamp: Date.parse(view.registeredAt),
});

export const isListed = ({ expiredAt }: InstanceView): boolean => expiredAt === undefined;

/** Instances by app, as `GET /eureka/apps` returns them. */
export function eurekaAppsOf(views: readonly InstanceView[]) {
  const listed = views.filter(isListed);
  return applicationsOf(
    listed.map((view) => [view, 'ADDED'] as const),
    listed,
  );
}

/**
 * Instances by app, each with what happened to it.
 * @param listed all instances that a client holds afterwards
 */
export function applicationsOf(
  instances: readonly (readonly [ShownInstance, EurekaAction])[],
  listed: readonly InstanceView[],
) {
  const apps = new Map<string, EurekaInstance[]>();
  for (const [shown, action] of instances) {
    const app = shown.name.toUpperCase();
    const instance = eurekaInstanceOf(shown, action);
    const others = apps.get(app);
    if (others) others.push(instance);
    else apps.set(app, [instance]);
  }
  return {
    applications: {
      versions__delta: '1',
      apps__hashcode: hashCodeOf(listed),
      application: [...apps].map(([name, instance]) => ({ name, instance })),
    },
  };
}

/** The number of instances by status: clients compare it with that of the list that they hold. */
function hashCodeOf(views: readonly InstanceView[]): string {
  const counts = new Map<string, number>();
  for (const { status } of views) counts.set(STATUS[status], (counts.get(STATUS[status]) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([status, count]) => `${status}_${count}_`)
    .join('');
}
