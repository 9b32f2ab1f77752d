/** Health check settings of one instance; names and meanings follow Envoy. */
export interface HealthCheckSettings {
  /** Time between two checks of an instance that is up, milliseconds; 0 disables these checks. */
  readonly intervalMs: number;
  /** Time limit for the status of the response, milliseconds. */
  readonly timeoutMs: number;
  /** Consecutive passed checks that return an instance to rotation. */
  readonly healthyThreshold: number;
  /** Consecutive failed checks that take an instance out of rotation. */
  readonly unhealthyThreshold: number;
}

interface HealthCheckKey {
  readonly member: keyof HealthCheckSettings;
  readonly least: number;
  readonly most: number;
  readonly standard: number;
}

/** The metadata keys of the settings: integers between `least` and `most`. */
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

export const HEALTH_CHECK_KEYS: readonly string[] = Object.keys(KEYS);

/** The value that `text` sets for a key; `undefined` if it is missing or invalid. */
export function healthCheckValueOf(key: string, text: string | undefined): number | undefined {
  const { least, most } = KEYS[key] ?? { least: 0, most: -1 };
  const value = /^\d{1,9}$/.test(text ?? '') ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

/** The settings in metadata. An invalid value leaves the default; the policy of the service reports it. */
export function healthCheckSettingsOf(metadata: Readonly<Record<string, string>>): HealthCheckSettings {
  const settings = Object.entries(KEYS).map(([key, { member, standard }]) => [
    member,
    healthCheckValueOf(key, metadata[key]) ?? standard,
  ]);
  return Object.fromEntries(settings) as HealthCheckSettings;
}
