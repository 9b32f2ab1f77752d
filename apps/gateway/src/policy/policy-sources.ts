import type { ServiceEntry } from '../discovery/index.js';
import type { LivePolicyFile } from './live-policy-file.js';
import { declarationOf, declaredBy } from './policy-of-metadata.js';
import { FILE_MEMBERS, POLICY_SETTINGS } from './policy-schema.js';

/** What declares a member of a policy: the service or the defaults of the file, metadata, or nothing. */
export type MemberSource = 'services' | 'defaults' | 'metadata' | 'built-in';

const MEMBERS = [...FILE_MEMBERS].map(([member, settings]) => ({
  member,
  keys: Object.values(settings).map(({ key }) => key),
}));

const UNGROUPED = Object.entries(POLICY_SETTINGS).map(([name, { key }]) => ({ name, key }));

/**
 * The sources of policies and their precedence: built-in defaults, instance metadata, `defaults` of the file, and the
 * service in the file. A source replaces a whole member of the policy.
 */
export class PolicySources {
  /** @param file `undefined`: none is configured */
  constructor(readonly file?: LivePolicyFile) {}

  /** Calls `listener` when another file takes effect. */
  onChange(listener: () => void): void {
    this.file?.onChange(listener);
  }

  /** The effective declaration of a service. */
  declarationOf(entry: ServiceEntry): string {
    const declared = declaredBy(declaringFleet(entry));
    if (!this.file) return declarationOf(declared);
    const texts = new Map(Object.entries(declared));
    for (const { member, keys } of MEMBERS) {
      const [, settings] = this.inFile(entry.name, member) ?? [];
      if (!settings) continue;
      for (const key of keys) texts.delete(key);
      for (const [key, text] of Object.entries(settings)) texts.set(key, text);
    }
    return declarationOf(Object.fromEntries(texts));
  }

  /** What declares each member of the policy of a service. */
  sourcesOf(entry: ServiceEntry): Readonly<Record<string, MemberSource>> {
    const declared = declaredBy(declaringFleet(entry));
    const fromInstances = (keys: readonly string[]): MemberSource =>
      keys.some((key) => key in declared) ? 'metadata' : 'built-in';
    return Object.fromEntries([
      ...MEMBERS.map(({ member, keys }): [string, MemberSource] => [
        member,
        this.inFile(entry.name, member)?.[0] ?? fromInstances(keys),
      ]),
      ...UNGROUPED.map(({ name, key }): [string, MemberSource] => [name, fromInstances([key])]),
    ]);
  }

  private inFile(
    service: string,
    member: string,
  ): readonly [MemberSource, Readonly<Record<string, string>>] | undefined {
    const file = this.file?.current;
    const own = file?.services.get(service)?.get(member);
    if (own) return ['services', own];
    const common = file?.defaults.get(member);
    return common && ['defaults', common];
  }
}

/** Instances with a valid lease declare the policy; expired ones only if there are no others. */
const declaringFleet = ({ live, instances }: ServiceEntry): ServiceEntry['instances'] =>
  live.length > 0 ? live : instances;
