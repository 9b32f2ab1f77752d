import type { DeclaredMember, DeclaredMembers } from './declared-members.js';
import { RESPONDING_MEMBERS } from './file-only-members.js';
import type { PolicyFile } from './policy-file.js';
import type { FileRoute } from './route-list.js';

/** A part of the policy file that declares members of policies. */
export type FileLevel = 'routes' | 'services' | 'defaults';

/** Levels of the file, the one that takes precedence first. */
export type Levels = readonly (readonly [FileLevel, DeclaredMembers])[];

/** The levels of the policy of a service. */
export const serviceLevels = (file: PolicyFile, service: string): Levels => [
  ownLevel(file, service),
  ['defaults', file.defaults],
];

/** The levels of the policy of a route of a service. */
export const routeLevels = (
  file: PolicyFile,
  service: string,
  { to = service, members }: FileRoute,
): Levels => [
  ['routes', members],
  // What protects a service does so under every name.
  ...(to === service ? [] : [ownLevel(file, to)]),
  ...serviceLevels(file, service),
];

const ownLevel = (file: PolicyFile, service: string): Levels[number] => [
  'services',
  file.services.get(service) ?? NOTHING,
];

const NOTHING: DeclaredMembers = new Map();

/** The declaration of a member that takes precedence, and its level; `undefined` if no level declares it. */
export function inFile(levels: Levels, member: string): readonly [FileLevel, DeclaredMember] | undefined {
  for (const [source, members] of levels) {
    const found = members.get(member);
    if (found) return [source, found];
    if (RESPONDING_MEMBERS.includes(member) && RESPONDING_MEMBERS.some((each) => isOn(members.get(each))))
      return undefined;
  }
  return undefined;
}

const isOn = (member: DeclaredMember | undefined): boolean =>
  member !== undefined && 'value' in member && member.value !== undefined;
