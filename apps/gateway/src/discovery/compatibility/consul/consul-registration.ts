import { validationFailed, type RegisterInstanceDto } from '#contracts';
import { validRegistration } from '../../registry/valid-registration.js';
import { integerOf, membersOf, textOf, textsOf, type Members } from '../members.js';
import { leaseOf, originOf, pathAt, registryId, weightOf } from '../registration.js';

/** Metadata that keeps what this registry has no member for. */
export const CONSUL_ID = 'consul.id';
export const CONSUL_TAGS = 'consul.tags';
/** Ids of the TTL checks, separated by commas, if they are not just `service:{id}`. */
export const CONSUL_CHECK = 'consul.check';
/** `gateway`: no TTL check renews the lease; the gateway does, as an agent keeps a service without one. */
export const CONSUL_LEASE = 'consul.lease';
/** The lease of an instance that is down is not renewed: Consul would deregister it. */
export const CONSUL_DEREGISTERS = 'consul.deregister-when-critical';

const METADATA_CHARACTERS = 256;
/** Without a TTL check: long enough to survive a restart of the gateway. */
const KEPT_LEASE_SECONDS = 300;

/** A registration of a Consul client. */
export interface ConsulRegistration {
  readonly registration: RegisterInstanceDto;
  readonly isReady: boolean;
}

const invalid = (pointer: string, detail: string) =>
  validationFailed(`${pointer} ${detail}`, { errors: [{ pointer, detail }] });

/**
 * Reads the body of `PUT /v1/agent/service/register`.
 * @param sender the address of the client, for a service without an address of its own
 * @throws validationFailed
 */
export function registrationFrom(body: unknown, sender: string): ConsulRegistration {
  const service = membersOf(body);
  const name = textOf(service.Name);
  const port = integerOf(service.Port);
  if (name === undefined) throw invalid('/Name', 'must be the name of the service');
  if (port === undefined) throw invalid('/Port', 'must be the port of the service');
  const id = textOf(service.ID) ?? name;
  const checks = checksIn(service);
  const ttl = checks.find(isTtlCheck);
  return {
    registration: validRegistration({
      ...detailsOf(service, checks, port),
      name: name.toLowerCase(),
      id: registryId(id),
      url: originOf('http', textOf(service.Address) ?? sender, port),
      ttlSeconds: lifetimeOf(checks, ttl),
      metadata: { ...textsOf(service.Meta), ...ownMetadataOf(service, id, checks) },
    }),
    // A TTL check is critical until its first report.
    isReady: ttl === undefined || isPassing(textOf(ttl.Status) ?? 'critical'),
  };
}

/** Whether an instance with this status of a check receives requests: Consul lists those with warnings, too. */
export const isPassing = (status: string): boolean => /^(?:passing|warning)$/i.test(status);

const checksIn = ({ Check: one, Checks: many }: Members): readonly Members[] =>
  [one, ...(Array.isArray(many) ? (many as unknown[]) : [])]
    .map(membersOf)
    .filter((check) => Object.keys(check).length > 0);

const isTtlCheck = ({ TTL }: Members): boolean => textOf(TTL) !== undefined;

/** The id that an agent gives to a check without one: numbered from 1 if the service has several. */
export const defaultCheckId = (id: string, index = 0, count = 1): string =>
  count > 1 ? `service:${id}:${index + 1}` : `service:${id}`;

/** Ids of the TTL checks. @throws validationFailed for an id with a comma, which separates them in metadata */
function ttlCheckIdsOf(id: string, checks: readonly Members[]): readonly string[] {
  return checks.flatMap((check, index) => {
    if (!isTtlCheck(check)) return [];
    const own = textOf(check.CheckID) ?? defaultCheckId(id, index, checks.length);
    if (own.includes(',')) throw invalid('/Check/CheckID', 'must not have a comma');
    return [own];
  });
}

function detailsOf(
  service: Members,
  checks: readonly Members[],
  port: number,
): Pick<RegisterInstanceDto, 'healthPath' | 'version' | 'weight'> {
  const weight = integerOf(membersOf(service.Weights).Passing);
  const { version } = textsOf(service.Meta);
  const [healthPath] = checks.flatMap(({ HTTP }) => pathAt(textOf(HTTP), port) ?? []);
  return {
    ...(healthPath !== undefined && { healthPath }),
    ...(version !== undefined && { version }),
    ...(weight !== undefined && { weight: weightOf(weight) }),
  };
}

function lifetimeOf(checks: readonly Members[], ttl: Members | undefined): number {
  if (ttl === undefined) return leaseOf(criticalSecondsOf(checks) ?? KEPT_LEASE_SECONDS);
  const seconds = secondsIn(ttl.TTL);
  if (seconds === undefined) throw invalid('/Check/TTL', 'must be a duration such as 15s');
  return leaseOf(seconds);
}

const criticalSecondsOf = (checks: readonly Members[]): number | undefined =>
  checks.flatMap(({ DeregisterCriticalServiceAfter: after }) => secondsIn(after) ?? [])[0];

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** A duration of Go such as `1m30s`, in seconds. */
function secondsIn(value: unknown): number | undefined {
  const text = textOf(value) ?? '';
  if (text.length > 32 || !/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (UNIT_SECONDS[unit] ?? 1),
    0,
  );
}

function ownMetadataOf(service: Members, id: string, checks: readonly Members[]): Record<string, string> {
  const tags = tagsIn(service.Tags);
  const reported = ttlCheckIdsOf(id, checks).join(',');
  return {
    [CONSUL_ID]: id,
    ...(tags !== '' && { [CONSUL_TAGS]: tags }),
    ...(reported !== '' && reported !== defaultCheckId(id) && { [CONSUL_CHECK]: reported }),
    ...(reported === '' && { [CONSUL_LEASE]: 'gateway' }),
    ...(reported === '' && criticalSecondsOf(checks) !== undefined && { [CONSUL_DEREGISTERS]: 'true' }),
  };
}

/** As many tags as metadata has room for. No tag may have a comma, which separates them here. */
const tagsIn = (tags: unknown): string =>
  (Array.isArray(tags) ? (tags as unknown[]) : [])
    .flatMap((tag) => textOf(tag) ?? [])
    .filter((tag) => !tag.includes(','))
    .reduce((all, tag) => {
      const longer = all === '' ? tag : `${all},${tag}`;
      return longer.length > METADATA_CHARACTERS ? all : longer;
    }, '');
