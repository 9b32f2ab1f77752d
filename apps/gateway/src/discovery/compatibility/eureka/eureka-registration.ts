import { validationFailed, type RegisterInstanceDto } from '#contracts';
import { validRegistration } from '../../registry/valid-registration.js';
import { integerOf, membersOf, textOf, textsOf, type Members } from '../members.js';
import { leaseOf, originOf, pathAt, registryId, weightOf } from '../registration.js';

/** Eureka's default, seconds. */
export const DEFAULT_LEASE_SECONDS = 90;

/** Metadata that keeps what this registry has no member for. */
export const EUREKA_ID = 'eureka.instance-id';
export const EUREKA_VIP = 'eureka.vip-address';

/** A registration of a Eureka client. */
export interface EurekaRegistration {
  readonly registration: RegisterInstanceDto;
  /** Used if the host name does not resolve at the gateway; absent if the client reports no other address. */
  readonly alternativeUrl: string | undefined;
  readonly isReady: boolean;
}

/** The name of the service: clients write names in upper case. */
export const serviceOf = (app: string): string => app.toLowerCase();

/** Ids of Eureka are unique within an app only. No name has a dot. */
export const idOf = (app: string, instanceId: string): string =>
  registryId(`${serviceOf(app)}.${instanceId}`);

const missing = (pointer: string, detail: string) =>
  validationFailed(`${pointer} ${detail}`, { errors: [{ pointer, detail }] });

/** Reads the body of `POST /eureka/apps/{app}`. @throws validationFailed */
export function registrationFrom(app: string, body: unknown): EurekaRegistration {
  const instance = membersOf(membersOf(body).instance);
  const hostName = textOf(instance.hostName);
  const ipAddress = textOf(instance.ipAddr);
  const host = hostName ?? ipAddress;
  if (host === undefined) throw missing('/instance/hostName', 'must be a host name or address');
  const { scheme, port } = endpointIn(instance);
  const isAlternative = ipAddress !== undefined && ipAddress !== host;
  return {
    registration: validRegistration({
      ...detailsOf(instance, app, port),
      id: idOf(app, textOf(instance.instanceId) ?? host),
      url: originOf(scheme, host, port),
      metadata: metadataOf(instance, app, textOf(instance.instanceId) ?? host),
    }),
    alternativeUrl: isAlternative ? originOf(scheme, ipAddress, port) : undefined,
    isReady: isUp(textOf(instance.status)),
  };
}

/** Whether an instance with this status receives requests; Eureka's default is UP. */
export const isUp = (status = 'UP'): boolean => status.toUpperCase() === 'UP';

function detailsOf(
  instance: Members,
  app: string,
  port: number,
): Pick<RegisterInstanceDto, 'name' | 'ttlSeconds' | 'healthPath' | 'version' | 'weight'> {
  const { version, weight } = textsOf(instance.metadata);
  const seconds = integerOf(membersOf(instance.leaseInfo).durationInSecs) ?? DEFAULT_LEASE_SECONDS;
  const healthPath = pathAt(textOf(instance.healthCheckUrl), port);
  const share = integerOf(weight);
  return {
    name: serviceOf(app),
    ttlSeconds: leaseOf(seconds),
    ...(healthPath !== undefined && { healthPath }),
    ...(version !== undefined && { version }),
    ...(share !== undefined && { weight: weightOf(share) }),
  };
}

function metadataOf(instance: Members, app: string, instanceId: string): Record<string, string> {
  const vip = textOf(instance.vipAddress);
  return {
    ...textsOf(instance.metadata),
    [EUREKA_ID]: instanceId,
    ...(vip !== undefined && vip !== serviceOf(app) && { [EUREKA_VIP]: vip }),
  };
}

interface Endpoint {
  readonly scheme: 'http' | 'https';
  readonly port: number;
}

/** The plain port unless only the secure one is enabled. */
function endpointIn({ port, securePort }: Members): Endpoint {
  const plain = portIn(port, true);
  if (plain !== undefined) return { scheme: 'http', port: plain };
  const secure = portIn(securePort, false);
  if (secure !== undefined) return { scheme: 'https', port: secure };
  throw missing('/instance/port', 'must be an enabled port, or securePort must be');
}

/** A port is a number or `{ "$": 8080, "@enabled": "true" }`. */
function portIn(value: unknown, isEnabledByDefault: boolean): number | undefined {
  const members = membersOf(value);
  const enabled = textOf(members['@enabled']) ?? String(isEnabledByDefault);
  const plain = integerOf(value);
  return plain ?? (enabled === 'true' ? integerOf(members.$) : undefined);
}
