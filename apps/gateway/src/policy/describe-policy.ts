import type { Policy } from './policy.js';
import { POLICY_SECTIONS, type PolicySettings } from './policy-schema.js';

/** A policy as the policy file would declare it, with the paths that only instances can declare. */
export function describePolicy({ internalPaths, ...policy }: Policy): Readonly<Record<string, unknown>> {
  const sections = Object.entries(POLICY_SECTIONS) as [
    keyof typeof policy,
    (typeof POLICY_SECTIONS)[keyof typeof policy],
  ][];
  const members = sections.map(([name, { fileMember, settings }]): [string, unknown] => [
    fileMember,
    describeMember(settings, policy[name]),
  ]);
  return { ...Object.fromEntries(members), internalPaths };
}

const describeMember = (
  settings: PolicySettings,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, { member, kind }]) => [member, kind.file.write(values[name])]),
  );
