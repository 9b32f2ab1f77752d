import { gaugeFamily, type MetricFamily } from '#service-kit';
import type { LivePolicyFile } from './live-policy-file.js';

/** Metrics of the policy file; none without a file. */
export const policyFamilies = (file: LivePolicyFile | undefined): readonly MetricFamily[] =>
  file === undefined
    ? []
    : [
        gaugeFamily(
          'gateway_config_last_reload_successful',
          'Whether the latest load of the policy file succeeded; absent without a file.',
          [[{}, Number(file.lastError === undefined)]],
        ),
        gaugeFamily(
          'gateway_config_last_reload_success_timestamp_seconds',
          'When the policy file was last loaded successfully; absent without a file.',
          [[{}, file.validAt / 1000]],
        ),
        ...(file.lastVerdict
          ? [
              gaugeFamily(
                'gateway_config_reload_decisions',
                'Recorded decisions by what the latest policy file would do to them; absent without GATEWAY_CONFIG_MAX_CHANGED.',
                Object.entries(file.lastVerdict.decisions).map(([result, count]) => [{ result }, count]),
              ),
            ]
          : []),
      ];
