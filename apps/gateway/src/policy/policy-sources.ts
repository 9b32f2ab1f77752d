import type { ServiceEntry, ServiceTable } from '../discovery/index.js';
import { FILE_ONLY_MEMBERS, RESPONDING_MEMBERS, type FileOnlyMembers } from './file-only-members.js';
import type { LivePolicyFile } from './live-policy-file.js';
import { withheldFieldsOf } from './members/authentication.js';
import type { ContractPolicy } from './members/contract.js';
import type { CachePolicy } from './members/cache.js';
import type { RateLimit } from './members/rate-limits.js';
import { declarationOf, declaredBy } from './policy-of-metadata.js';
import type { PolicyFile } from './policy-file.js';
import { FILE_MEMBERS, POLICY_SETTINGS } from './policy-schema.js';
import { inFile, routeLevels, serviceLevels, type FileLevel, type Levels } from './policy-levels.js';
import type { FileRoute } from './route-list.js';
import { matchKey, type RouteMatch } from './route-match.js';

/** What declares a member of a policy: a level of the file, metadata, or nothing. */
export type MemberSource = FileLevel | 'metadata' | 'built-in';

/** What a route is compiled from. */
export interface RoutePlan {
  /** Equal for routes that behave alike. */
  readonly text: string;
  /** Name in the file; `undefined` for the route of all other requests to the service. */
  readonly name: string | undefined;
  /** `undefined`: every request to the service. */
  readonly match: RouteMatch | undefined;
  /** Service in the path. */
  readonly service: string;
  /** Service whose instances receive the requests. */
  readonly target: string;
  /** The settings that metadata can declare, as returned by `declarationOf`. */
  readonly declaration: string;
  /** The members that only the file can declare, without those that are switched off. */
  readonly members: FileOnlyMembers;
  /** The members that only the file can declare, as they stand in it. */
  readonly plain: Readonly<Record<string, unknown>>;
  /** What declares each member of the policy. */
  readonly sources: Readonly<Record<string, MemberSource>>;
}

/** The plans of the routes of a service. */
export interface ServicePlan {
  /** The route of requests that no other route matches; `undefined` if only certain requests are known. */
  readonly base: RoutePlan | undefined;
  /** Other routes, the most specific first. */
  readonly routes: readonly (RoutePlan & { readonly match: RouteMatch })[];
}

const MEMBERS = [...FILE_MEMBERS].map(([member, settings]) => ({
  member,
  keys: Object.values(settings).map(({ key }) => key),
}));

const UNGROUPED = Object.entries(POLICY_SETTINGS).map(([name, { key }]) => ({ name, key }));

/**
 * The sources of policies and their precedence: built-in defaults, instance metadata, and from the file `defaults`,
 * the service in the path, the service that receives the requests, and the route. A source replaces a whole member of the policy.
 */
export class PolicySources {
  /** @param file `undefined`: none is configured */
  constructor(readonly file?: LivePolicyFile) {}

  /** Calls `listener` when another file takes effect. */
  onChange(listener: () => void): void {
    this.file?.onChange(listener);
  }

  /** Names of the services that the file gives routes to, or responds for itself. */
  get namedServices(): readonly string[] {
    const file = this.file?.current;
    return file ? [...new Set([...file.routes.keys(), ...file.services.keys()])] : [];
  }

  /** Whether the file has rate limits that gateways share. */
  get hasSharedLimits(): boolean {
    return this.declares('rateLimits', (value) =>
      (value as readonly RateLimit[]).some(({ shared }) => shared),
    );
  }

  /** Whether the file has routes whose responses are stored. */
  get hasCaches(): boolean {
    return this.declares('cache', (value) => (value as CachePolicy).enabled);
  }

  /** Whether a route of the service in the path stores responses. */
  storesResponsesOf(service: string): boolean {
    const file = this.file?.current;
    return file !== undefined && storesResponses(file, service);
  }

  /** Whether some level of the file declares such a member. */
  private declares(member: keyof FileOnlyMembers, isSuch: (value: unknown) => boolean): boolean {
    const file = this.file?.current;
    if (!file) return false;
    const routes = [...file.routes.values()].flat().map(({ members }) => members);
    return [file.defaults, ...file.services.values(), ...routes].some((members) => {
      const found = members.get(member);
      return found !== undefined && 'value' in found && found.value !== undefined && isSuch(found.value);
    });
  }

  /** What happens when a version of a service breaks its contract. */
  onBreakingOf(service: string): ContractPolicy['onBreaking'] {
    const file = this.file?.current;
    const [, found] = (file && inFile(serviceLevels(file, service), 'contract')) ?? [];
    return found && 'value' in found && found.value !== undefined
      ? (found.value as ContractPolicy).onBreaking
      : 'report';
  }

  /** The routes of a service; `undefined` if the name is unknown. */
  planOf(service: string, table: ServiceTable): ServicePlan | undefined {
    const entry = table.get(service);
    const file = this.file?.current;
    if (!file) return entry && { base: this.plan(service, entry, []), routes: [] };
    const plans = (file.routes.get(service) ?? []).map((route) => {
      const { to = service, match } = route;
      return { ...this.plan(service, table.get(to), routeLevels(file, service, route), route), match };
    });
    const base = this.plan(service, entry, serviceLevels(file, service));
    const needsNoEntry = ({ target, members }: RoutePlan): boolean =>
      target !== service || RESPONDING_MEMBERS.some((member) => member in members);
    const known = (plan: RoutePlan): boolean => entry !== undefined || needsNoEntry(plan);
    const routes = plans.filter(known);
    if (!known(base) && routes.length === 0) return undefined;
    return { base: known(base) ? base : undefined, routes };
  }

  /** The plans of all routes, by service. */
  allPlans(table: ServiceTable): readonly RoutePlan[] {
    const names = new Set([...table.entries.map(({ name }) => name), ...this.namedServices]);
    return [...names].sort().flatMap((name) => {
      const { base, routes } = this.planOf(name, table) ?? { base: undefined, routes: [] };
      return [...routes, ...(base ? [base] : [])];
    });
  }

  private plan(
    service: string,
    entry: ServiceEntry | undefined,
    levels: Levels,
    route?: FileRoute,
  ): RoutePlan {
    const declared = entry ? declaredBy(declaringFleet(entry)) : {};
    const texts = new Map(Object.entries(declared));
    const sources: Record<string, MemberSource> = {};
    const fromInstances = (keys: readonly string[]): MemberSource =>
      keys.some((key) => key in declared) ? 'metadata' : 'built-in';
    for (const { member, keys } of MEMBERS) {
      const [source, found] = inFile(levels, member) ?? [];
      sources[member] = source ?? fromInstances(keys);
      if (!found || !('texts' in found)) continue;
      for (const key of keys) texts.delete(key);
      for (const [key, text] of Object.entries(found.texts)) texts.set(key, text);
    }
    for (const { name, key } of UNGROUPED) sources[name] = fromInstances([key]);
    const values: Record<string, unknown> = {};
    const plain: Record<string, unknown> = {};
    for (const member of Object.keys(FILE_ONLY_MEMBERS)) {
      const [source, found] = inFile(levels, member) ?? [];
      if (!source || !found || !('value' in found)) continue;
      sources[member] = source;
      if (found.value !== undefined) values[member] = found.value;
      plain[member] = found.plain;
    }
    const members: FileOnlyMembers = values;
    const declaration = declarationOf(Object.fromEntries(texts));
    const target = route?.to ?? service;
    return {
      text: JSON.stringify([
        route && matchKey(route.match),
        target,
        declaration,
        plain,
        members.respond?.digest,
        this.surroundings(service, members),
      ]),
      name: route?.name,
      match: route?.match,
      service,
      target,
      declaration,
      members,
      plain,
      sources,
    };
  }

  /** What a route depends on beside its policy. */
  private surroundings(service: string, { auth }: FileOnlyMembers): unknown {
    const file = this.file?.current;
    if (!file) return undefined;
    const names = auth?.anyOf ?? [];
    return [
      names.map((name) => file.providerTexts.get(name)),
      withheldFieldsOf(file.authentication),
      storesResponses(file, service),
    ];
  }
}

/** Whether a route of the service in the path stores responses by this file. */
function storesResponses(file: PolicyFile, service: string): boolean {
  const routes = file.routes.get(service) ?? [];
  const levels = [serviceLevels(file, service), ...routes.map((route) => routeLevels(file, service, route))];
  return levels.some((each) => {
    const [, found] = inFile(each, 'cache') ?? [];
    return (
      found !== undefined && 'value' in found && (found.value as CachePolicy | undefined)?.enabled === true
    );
  });
}

/** A name that no file has: the defaults apply to the service. */
const UNNAMED = '';

/** Services whose responses are no longer stored after a change of the file; `undefined`: those that no file names. */
export function servicesNoLongerStored(
  before: PolicyFile,
  after: PolicyFile,
): readonly (string | undefined)[] {
  const named = [before, after].flatMap(({ routes, services }) => [...routes.keys(), ...services.keys()]);
  const ended = [...new Set([...named, UNNAMED])].filter(
    (service) => storesResponses(before, service) && !storesResponses(after, service),
  );
  return ended.map((service) => (service === UNNAMED ? undefined : service));
}

/** Instances with a valid lease declare the policy; expired ones only if there are no others. */
export const declaringFleet = ({ live, instances }: ServiceEntry): ServiceEntry['instances'] =>
  live.length > 0 ? live : instances;
