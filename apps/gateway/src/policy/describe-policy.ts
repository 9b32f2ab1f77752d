import { policyOf } from './policy-of-metadata.js';
import { POLICY_SECTIONS, type PolicySettings } from './policy-schema.js';
import type { RoutePlan } from './policy-sources.js';

/** The policy of a route as the policy file would declare it, with the paths that only instances can declare. */
export function describePolicy({
  declaration,
  plain,
}: Pick<RoutePlan, 'declaration' | 'plain'>): Readonly<Record<string, unknown>> {
  const { internalPaths, ...policy } = policyOf(declaration).policy;
  const sections = Object.entries(POLICY_SECTIONS) as [
    keyof typeof POLICY_SECTIONS,
    (typeof POLICY_SECTIONS)[keyof typeof POLICY_SECTIONS],
  ][];
  const members = sections.map(([name, { fileMember, settings }]): [string, unknown] => [
    fileMember,
    describeMember(settings, policy[name]),
  ]);
  return { ...Object.fromEntries(members), ...plain, internalPaths };
}

const describeMember = (
  settings: PolicySettings,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, { member, kind }]) => [member, kind.file.write(values[name])]),
  );
