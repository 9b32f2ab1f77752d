import { integer, readSettings, setting, type ValuesOf } from '../../config/metadata-setting.js';

/** Health checks of the instance that declares them; names and meanings follow Envoy. */
export const HEALTH_CHECK_SETTINGS = {
  intervalMs: setting('gateway.health-check.interval-ms', integer(0, 86_400_000, 'ms'), 10_000, {
    en: 'Time between two health checks of an instance that is up; 0: none while it is up. Grows with thousands of instances.',
    ko: '`up`인 인스턴스의 상태 확인 간격. 0이면 `up`인 동안 하지 않습니다. 인스턴스가 수천 개가 되면 길어집니다.',
  }),
  timeoutMs: setting('gateway.health-check.timeout-ms', integer(1, 60_000, 'ms'), 1_000, {
    en: 'Time limit for the response to a health check.',
    ko: '상태 확인의 응답을 기다리는 최대 시간.',
  }),
  healthyThreshold: setting('gateway.health-check.healthy-threshold', integer(1, 100), 1, {
    en: 'Consecutive passed checks that return an instance to rotation.',
    ko: '인스턴스를 다시 사용하기까지 연속으로 통과해야 하는 상태 확인 수.',
  }),
  unhealthyThreshold: setting('gateway.health-check.unhealthy-threshold', integer(1, 100), 2, {
    en: 'Consecutive failed checks that take an instance out of rotation.',
    ko: '인스턴스를 제외하기까지 연속으로 실패한 상태 확인 수.',
  }),
};

export type HealthCheckSettings = ValuesOf<typeof HEALTH_CHECK_SETTINGS>;

/** The settings in metadata. An invalid value leaves the default; the policy of the service reports it. */
export const healthCheckSettingsOf = (metadata: Readonly<Record<string, string>>): HealthCheckSettings =>
  readSettings(HEALTH_CHECK_SETTINGS, metadata);
