/** How the health of one instance is checked; Envoy's names and meanings. */
export interface HealthCheckSettings {
  /** Between two checks of an instance that is up, milliseconds; 0: it is not checked while it is up. */
  readonly intervalMs: number;
  /** Longest wait for the status of the response, milliseconds. */
  readonly timeoutMs: number;
  /** Passed checks in a row that put an instance back into rotation. */
  readonly healthyThreshold: number;
  /** Failed checks in a row that take an instance out of rotation. */
  readonly unhealthyThreshold: number;
}

interface HealthCheckKey {
  readonly member: keyof HealthCheckSettings;
  readonly least: number;
  readonly most: number;
  readonly standard: number;
}

/** The metadata keys that an instance declares its settings by: whole numbers between `least` and `most`. */
const KEYS: Readonly<Record<string, HealthCheckKey>> = {
  'gateway.health-check.interval-ms': { member: 'intervalMs', least: 0, most: 86_400_000, standard: 10_000 },
  'gateway.health-check.timeout-ms': { member: 'timeoutMs', least: 1, most: 60_000, standard: 1_000 },
  'gateway.health-check.healthy-threshold': { member: 'healthyThreshold', least: 1, most: 100, standard: 1 },
  'gateway.health-check.unhealthy-threshold': {
    member: 'unhealthyThreshold',
    least: 1,
    most: 100,
    standard: 2,
  },
};

/** The names of the keys. */
export const HEALTH_CHECK_KEYS: readonly string[] = Object.keys(KEYS);

/** The value that `text` declares for a key; `undefined`: it declares none. */
export function healthCheckValueOf(key: string, text: string | undefined): number | undefined {
  const { least, most } = KEYS[key] ?? { least: 0, most: -1 };
  const value = /^\d{1,9}$/.test(text ?? '') ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

/** The settings that metadata declares. A bad value leaves the default; the policy of the service reports it. */
export function healthCheckSettingsOf(metadata: Readonly<Record<string, string>>): HealthCheckSettings {
  const settings = Object.entries(KEYS).map(([key, { member, standard }]) => [
    member,
    healthCheckValueOf(key, metadata[key]) ?? standard,
  ]);
  return Object.fromEntries(settings) as HealthCheckSettings;
}
