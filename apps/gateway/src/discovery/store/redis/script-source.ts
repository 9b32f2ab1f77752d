import { readFileSync } from 'node:fs';
import { IDS_PER_CHANGE, IDS_PER_MS } from '../change-ids.js';
import { NAMES_KEPT } from '../known-names.js';
import { STALL_MS, SWEEP_INTERVAL_MS } from '../lost-time.js';
import { KEY_NAMES } from './registry-keys.js';

/** Changes kept for gateways that were disconnected and for readers of events. */
const CHANGES_KEPT = 10_000;

/** A gateway that has been silent for longer counts as gone; leases are no longer extended for it. */
const GATEWAY_FORGOTTEN_AFTER_MS = 60_000;

/** Limit per sweep, so that the server is not blocked; the next sweep continues. */
const EXPIRED_AT_ONCE = 1000;

/** The scripts, `lua/<name>.lua`, and the arguments that each reads as members of `args`. */
export const SCRIPTS = {
  put: ['instance', 'reason'],
  'change-state': ['id', 'state', 'type', 'reason', 'endpoint', 'isEvent'],
  'record-heartbeats': ['ids', 'reports', 'revisions', 'ttlSeconds'],
  'renew-leases': ['instances'],
  'record-health-checks': ['results'],
  remove: ['id', 'reason'],
  'remove-expired': ['ids', 'reason'],
  sweep: ['retentionMs'],
  leave: [],
  'read-state': [],
  'read-index': [],
  'read-instances': ['ids'],
  restore: ['change', 'instances'],
  'restore-names': ['names'],
  'remove-departed': ['change', 'ids'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ScriptName = keyof typeof SCRIPTS;

/** The arguments of a script; JSON values. */
export type ScriptArguments<N extends ScriptName> = Readonly<Record<(typeof SCRIPTS)[N][number], unknown>>;

const CONSTANTS = {
  changes_kept: CHANGES_KEPT,
  expired_at_once: EXPIRED_AT_ONCE,
  gateway_forgotten_after_ms: GATEWAY_FORGOTTEN_AFTER_MS,
  ids_per_change: IDS_PER_CHANGE,
  ids_per_ms: IDS_PER_MS,
  names_kept: NAMES_KEPT,
  stall_ms: STALL_MS,
  sweep_every_ms: SWEEP_INTERVAL_MS,
};

const table = (members: readonly (readonly [name: string, value: unknown])[]): string =>
  `{ ${members.map(([name, value]) => `${name} = ${String(value)}`).join(', ')} }`;

/** What scripts refer to by name: `keys`, the calling `gateway`, `args` and `constants`. */
const HEADER = `
local keys = ${table(KEY_NAMES.map((name, i) => [name, `KEYS[${i + 1}]`]))}
local gateway, args = ARGV[1], cjson.decode(ARGV[2])
local constants = ${table(Object.entries(CONSTANTS))}
`;

const read = (name: string): string => readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8');

/** The text of a script as Redis runs it: the names, `lua/prelude.lua`, and the script itself. */
export const scriptSource = (name: ScriptName): string => HEADER + read('prelude') + read(name);
