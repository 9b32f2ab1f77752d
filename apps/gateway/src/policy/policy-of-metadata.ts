import { INTERNAL_PATHS_KEY } from '#contracts';
import type { MetadataSetting, MetadataSettings } from '../config/metadata-setting.js';
import { HEALTH_CHECK_SETTINGS } from '../discovery/index.js';
import { DEFAULT_POLICY, readPolicy, type Policy } from './policy.js';
import { POLICY_SECTIONS, POLICY_SETTINGS } from './policy-schema.js';

/** Metadata keys with this prefix declare the policy of the service. */
const PREFIX = 'gateway.';

/** A policy, and the faults of its declaration: each invalid value leaves the default unchanged. */
export interface DeclaredPolicy {
  readonly policy: Policy;
  readonly faults: readonly string[];
}

/**
 * Every setting that metadata can declare, by section. Health checks are no part of a policy; their invalid values are
 * reported with the others.
 */
export const METADATA_SECTIONS: Readonly<Record<string, MetadataSettings>> = {
  ...Object.fromEntries(Object.entries(POLICY_SECTIONS).map(([name, { settings }]) => [name, settings])),
  healthChecks: HEALTH_CHECK_SETTINGS,
  ungrouped: POLICY_SETTINGS,
};

const SETTINGS: ReadonlyMap<string, MetadataSetting<unknown>> = new Map(
  Object.values(METADATA_SECTIONS)
    .flatMap((settings) => Object.values(settings))
    .map((each) => [each.key, each]),
);

/** The union of internal paths: a path must not be open because another instance does not declare it. */
const union = (declared: string | undefined, text: string): string =>
  declared === undefined || declared === text
    ? text
    : [...new Set(`${declared},${text}`.split(',').map((prefix) => prefix.trim()))].sort().join(',');

export type Fleet = readonly { readonly metadata: Readonly<Record<string, string>> }[];

/** The metadata members of all instances that declare policy. */
export function declaredBy(fleet: Fleet): Record<string, string> {
  const declared: Record<string, string> = {};
  // If instances differ, the one that registered last takes precedence.
  for (const { metadata } of fleet)
    for (const key in metadata) {
      if (!key.startsWith(PREFIX)) continue;
      const text = metadata[key] ?? '';
      declared[key] = key === INTERNAL_PATHS_KEY ? union(declared[key], text) : text;
    }
  return declared;
}

/** The declaration of a policy, as text that is equal for equal policies and faults. */
export function declarationOf(declared: Readonly<Record<string, string>>): string {
  const members = Object.keys(declared)
    .sort()
    .map((key) => [key, canonical(key, declared[key] ?? '')] as const)
    .filter(([, text]) => text !== undefined);
  return members.length === 0 ? '' : JSON.stringify(members);
}

/** The one text of a valid value; `undefined` for the default, which needs no declaration. */
function canonical(key: string, text: string): string | undefined {
  const setting = SETTINGS.get(key);
  const value = setting?.kind.read(text);
  if (!setting || value === undefined) return text;
  const written = setting.kind.write(value);
  return written === setting.kind.write(setting.standard) ? undefined : written;
}

/** The policy of a service, from its {@link declarationOf}. */
export function policyOf(declaration: string): DeclaredPolicy {
  if (declaration === '') return { policy: DEFAULT_POLICY, faults: [] };
  const declared = JSON.parse(declaration) as [string, string][];
  const faults = declared
    .filter(([key, text]) => SETTINGS.get(key)?.kind.read(text) === undefined)
    .map(([key, text]) => `${key}=${text} is not a valid policy setting; the default applies`);
  return { policy: readPolicy(Object.fromEntries(declared)), faults };
}
