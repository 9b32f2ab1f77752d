import type { ProbeView } from '#contracts';
import {
  storedOf,
  type HeartbeatReport,
  type InstanceVitals,
  type RegisteredInstance,
  type RevisedInstance,
} from '../stored-instance.js';

/** An instance as scripts return it; a member that the store does not have is `null`. */
export type Row = readonly [
  instance: string,
  lease: string | null,
  heartbeat: string | null,
  report: string | null,
  healthCheck: string | null,
  revision: string | null,
];

export const instanceFrom = (json: string): RegisteredInstance => JSON.parse(json) as RegisteredInstance;

export function revisedFrom([json, lease, heartbeat, report, healthCheck, revision]: Row): RevisedInstance {
  const vitals: InstanceVitals = {
    expiresAt: Number(lease),
    lastHeartbeatAt: Number(heartbeat),
    report: report === null ? {} : (JSON.parse(report) as HeartbeatReport),
    lastProbe: healthCheck === null ? null : (JSON.parse(healthCheck) as ProbeView),
  };
  return { instance: storedOf(instanceFrom(json), vitals), revision: Number(revision) };
}

const VITALS: ReadonlySet<string> = new Set<keyof InstanceVitals>([
  'expiresAt',
  'lastHeartbeatAt',
  'report',
  'lastProbe',
]);

/** The part of an instance that the store keeps as JSON. */
export function jsonOf(instance: RegisteredInstance): string {
  const registered = Object.entries(instance).filter(([name]) => !VITALS.has(name));
  return JSON.stringify(Object.fromEntries(registered));
}
