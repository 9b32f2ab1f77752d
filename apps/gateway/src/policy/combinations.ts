import type { DeclaredMembers } from './declared-members.js';
import type { FileOnlyMembers } from './file-only-members.js';
import { needsIdentity } from './members/rate-limits.js';
import { report, type Place } from './shapes.js';
import type { Member } from './yaml-source.js';

/** A rule about members that depend on each other, whichever levels of the file declare them. */
interface Combination {
  /** A level has the problem if it declares one of these; the place of the problem is the first that it declares. */
  readonly members: readonly (keyof FileOnlyMembers)[];
  /** What is wrong with the members in effect, as it follows the path of a level; `undefined` if nothing is. */
  readonly problemOf: (
    effective: FileOnlyMembers,
    level: Pick<DeclaredLevel, 'service' | 'to'>,
  ) => string | undefined;
}

const COMBINATIONS: readonly Combination[] = [
  {
    members: ['authorization', 'auth'],
    problemOf: ({ authorization, auth }) =>
      authorization && !auth
        ? 'has "authorization" in effect without "auth"; declare "auth", or "authorization: none"'
        : undefined,
  },
  {
    members: ['rateLimits', 'auth'],
    problemOf: ({ rateLimits, auth }) => {
      const limit = auth ? undefined : rateLimits?.find(needsIdentity);
      return (
        limit && `has the rate limit "${limit.name}" by ${limit.key.from}, which needs "auth" with providers`
      );
    },
  },
  {
    members: ['traffic', 'auth'],
    problemOf: ({ traffic, auth }) =>
      traffic?.cohort.from === 'consumer' && !auth
        ? 'has "traffic" with cohorts by consumer, which needs "auth" with providers'
        : undefined,
  },
  {
    members: ['mirror'],
    problemOf: ({ mirror }, { service, to = service }) =>
      mirror?.to.service !== undefined && mirror.to.service === to
        ? 'has a "mirror" to its own service; name another one, or a "version"'
        : undefined,
  },
];

/** What one level of the file declares, and where. */
export interface DeclaredLevel {
  readonly kind: 'defaults' | 'services' | 'routes';
  /** The service that the level concerns; `undefined`: all. */
  readonly service: string | undefined;
  /** The service that receives the requests of a route, if it is another one. */
  readonly to?: string | undefined;
  readonly place: Place;
  /** The members that stand in the file, also those with problems. */
  readonly members: ReadonlyMap<string, Member>;
  readonly values: DeclaredMembers;
}

/** Checks the members in effect at each level of a file. */
export function reportCombinations(levels: readonly DeclaredLevel[]): void {
  const defaults = levels.find(({ kind }) => kind === 'defaults');
  const services = new Map(
    levels.flatMap((each) => (each.kind === 'services' ? [[each.service, each]] : [])),
  );
  for (const level of levels) {
    const isRoute = level.kind === 'routes';
    const below = [
      level.kind === 'defaults' ? undefined : defaults,
      isRoute ? services.get(level.service) : undefined,
      isRoute ? services.get(level.to) : undefined,
    ];
    reportLevel(level, [...below.filter((each) => each !== undefined), level]);
  }
}

/** @param levels those in effect at `level`; a later one takes precedence */
function reportLevel(level: DeclaredLevel, levels: readonly DeclaredLevel[]): void {
  const { place, members } = level;
  const effective = membersOf(levels);
  for (const { members: names, problemOf } of COMBINATIONS) {
    // Otherwise a level below has the problem.
    const own = names.flatMap((name) => members.get(name) ?? [])[0];
    // What a member with problems means is not known.
    const areKnown = levels.every((each) => names.every((name) => isKnown(each, name)));
    const problem = own && areKnown ? problemOf(effective, level) : undefined;
    if (own && problem !== undefined) report({ ...place, node: own.key }, `${place.path} ${problem}`);
  }
}

const isKnown = ({ members, values }: DeclaredLevel, name: string): boolean =>
  !members.has(name) || values.has(name);

const membersOf = (levels: readonly DeclaredLevel[]): FileOnlyMembers =>
  Object.fromEntries(
    levels
      .flatMap(({ values }) => [...values])
      .flatMap(([name, member]) => ('value' in member ? [[name, member.value]] : [])),
  );
