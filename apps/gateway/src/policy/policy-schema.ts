import { INTERNAL_PATHS_KEY } from '#contracts';
import {
  integer,
  setting,
  type FileKind,
  type MetadataSetting,
  type Wording,
} from '../config/metadata-setting.js';
import { errorStatus, hashKey, hedgeDelay, listOf, oneOf, pathPrefixes } from './value-kinds.js';

const DAY_MS = 86_400_000;

/** Statuses of a gateway error. */
export const GATEWAY_ERROR_STATUSES: readonly number[] = Object.freeze([502, 503, 504]);

/**
 * When an exchange may be retried, with Envoy's names. All except `connect-failure`, where nothing was sent, apply to
 * idempotent requests whose body was not consumed.
 * - `connect-failure`: the connection could not be established;
 * - `reset`: the connection broke before the response head;
 * - `gateway-error`: the response was 502, 503 or 504;
 * - `retriable-status-codes`: the status was one of `retries.statuses`.
 */
const RETRY_CONDITIONS = ['connect-failure', 'reset', 'gateway-error', 'retriable-status-codes'] as const;

/** A setting that metadata can declare, and the policy file in the section's member. */
export interface PolicySetting<T> extends MetadataSetting<T> {
  readonly kind: FileKind<T>;
  /** Its name in the file, as Gateway API or Envoy Gateway have it, if they do. */
  readonly member: string;
}

export type PolicySettings = Readonly<Record<string, PolicySetting<unknown>>>;

const member = <T>(
  name: string,
  key: string,
  kind: FileKind<T>,
  standard: NoInfer<T>,
  meaning: Wording,
): PolicySetting<T> => ({ ...setting(key, kind, standard, meaning), kind, member: name });

/** @param fileMember the policy member with these settings in the policy file */
const section = <S extends PolicySettings>(fileMember: string, settings: S) => ({ fileMember, settings });

/** The settings of a policy that are grouped: by the member of the policy, then by its members. */
export const POLICY_SECTIONS = {
  timeouts: section('timeouts', {
    connectMs: member('connect', 'gateway.timeout.connect-ms', integer(1, DAY_MS, 'ms'), 3_000, {
      en: 'Time limit for opening a connection to the instance.',
      ko: '인스턴스에 연결을 여는 제한 시간.',
    }),
    responseHeaderMs: member(
      'responseHeader',
      'gateway.timeout.response-header-ms',
      integer(0, DAY_MS, 'ms'),
      30_000,
      {
        en: 'Time limit from the end of the request to the response head; 0: no limit.',
        ko: '요청이 끝난 뒤 응답 헤더가 올 때까지의 제한 시간. 0이면 제한이 없습니다.',
      },
    ),
    idleMs: member('idle', 'gateway.timeout.idle-ms', integer(0, DAY_MS, 'ms'), 60_000, {
      en: 'Maximum silence while a body is in transit in either direction; 0: no limit.',
      ko: '본문을 주고받는 동안 아무 데이터도 오가지 않아도 되는 최대 시간. 0이면 제한이 없습니다.',
    }),
    // Event streams and downloads have no natural end.
    totalMs: member('request', 'gateway.timeout.total-ms', integer(0, DAY_MS, 'ms'), 0, {
      en: 'Time limit for the whole exchange; 0: no limit.',
      ko: '요청에서 응답이 끝날 때까지 전체의 제한 시간. 0이면 제한이 없습니다.',
    }),
  }),
  balancing: section('loadBalancer', {
    kind: member(
      'type',
      'gateway.balancer',
      oneOf('power-of-two', 'round-robin', 'consistent-hash', 'sticky-cookie'),
      'power-of-two',
      { en: 'How an instance is selected.', ko: '인스턴스를 고르는 방법.' },
    ),
    hashOn: member('hashOn', 'gateway.hash-on', hashKey, Object.freeze({ from: 'client-address' }), {
      en: 'Input of the hash of `consistent-hash`.',
      ko: '`consistent-hash`가 해시하는 값.',
    }),
    slowStartMs: member('slowStart', 'gateway.slow-start-ms', integer(0, DAY_MS, 'ms'), 10_000, {
      en: 'Time until a new instance gets its full share of traffic; 0: at once.',
      ko: '새 인스턴스가 제 몫의 트래픽을 다 받기까지의 시간. 0이면 바로 받습니다.',
    }),
  }),
  retries: section('retry', {
    on: member(
      'retryOn',
      'gateway.retry.on',
      listOf(oneOf(...RETRY_CONDITIONS), { mayBeEmpty: true }),
      Object.freeze(['connect-failure', 'reset', 'gateway-error'] as const),
      {
        en: 'Conditions of a retry; empty: no retries.',
        ko: '재시도 조건. 비워 두면 재시도하지 않습니다.',
      },
    ),
    statuses: member(
      'statusCodes',
      'gateway.retry.statuses',
      listOf(errorStatus, { mayBeEmpty: true }),
      Object.freeze([]),
      {
        en: 'Statuses of `retriable-status-codes`.',
        ko: '`retriable-status-codes`가 가리키는 상태 코드.',
      },
    ),
    afterRefusal: member('afterRefusal', 'gateway.retry.after-refusal', integer(0, 100), 9, {
      en: 'Maximum further instances if nothing was sent; any method.',
      ko: '아무것도 보내지 못했을 때 더 시도하는 인스턴스의 최대 수. 모든 메서드에 적용됩니다.',
    }),
    // One by default, so that a request which crashes its instance does not reach all of them.
    afterSending: member('afterSending', 'gateway.retry.after-sending', integer(0, 10), 1, {
      en: 'Maximum further attempts if the request was sent; idempotent requests only.',
      ko: '요청을 보낸 뒤 더 시도하는 최대 횟수. 멱등 요청에만 적용됩니다.',
    }),
    backoffMs: member('backoff', 'gateway.retry.backoff-ms', integer(0, 10_000, 'ms'), 25, {
      en: 'Upper limit of the random wait before the first retry; doubles with each one, up to 250 ms.',
      ko: '첫 재시도 전에 무작위로 기다리는 시간의 상한. 재시도마다 두 배가 되며 250 ms를 넘지 않습니다.',
    }),
    bodyBytes: member('bodySize', 'gateway.retry.body-bytes', integer(0, 1_048_576, 'bytes'), 65_536, {
      en: 'How much of the body of an idempotent request is kept until a response begins, so that it can be sent again; 0: only what arrived together with the head.',
      ko: '다시 보낼 수 있도록 응답이 시작될 때까지 보관하는 멱등 요청 본문의 크기. 0이면 헤더와 함께 온 부분만 보관합니다.',
    }),
    budgetPercent: member('budgetPercent', 'gateway.retry.budget-percent', integer(0, 100, '%'), 20, {
      en: 'Maximum retries of a service, relative to its requests of the last ten seconds.',
      ko: '최근 10초 동안의 요청 수에 대한, 한 서비스의 최대 재시도 비율.',
    }),
  }),
  hedging: section('hedge', {
    after: member('after', 'gateway.hedge.after', hedgeDelay, 'off', {
      en: 'When a GET or HEAD without a response is also sent to another instance, within the retry budget; the first response counts. `p95`: the 95th percentile of the recent times to the response head.',
      ko: '응답이 없는 GET이나 HEAD를 재시도 예산 안에서 다른 인스턴스에도 보내는 때. 먼저 온 응답을 씁니다. `p95`는 최근 응답 헤더까지 걸린 시간의 95번째 백분위수입니다.',
    }),
  }),
  ejection: section('outlierDetection', {
    failuresInRow: member('consecutiveFailures', 'gateway.ejection.failures-in-row', integer(0, 10_000), 5, {
      en: 'Consecutive failures of an instance (500, 502, 503, 504, or a response that is invalid, incomplete or late) until it is ejected for 1, 2, 4 … 30 s; 0: never.',
      ko: '인스턴스를 1, 2, 4 … 30초 동안 제외하기까지 연속 실패 수. 500, 502, 503, 504와 올바르지 않거나 끊기거나 늦은 응답이 실패입니다. 0이면 제외하지 않습니다.',
    }),
  }),
  breaker: section('circuitBreaker', {
    failurePercent: member('failurePercent', 'gateway.breaker.failure-percent', integer(0, 100, '%'), 50, {
      en: 'Share of failures of the service in ten seconds that opens the circuit breaker; 0: no circuit breaker.',
      ko: '서킷 브레이커를 여는, 10초 동안 서비스의 실패 비율. 0이면 서킷 브레이커가 없습니다.',
    }),
    statuses: member('statusCodes', 'gateway.breaker.statuses', listOf(errorStatus), GATEWAY_ERROR_STATUSES, {
      en: 'Statuses that count as failures, beside requests without a response.',
      ko: '응답이 없는 요청과 함께 실패로 세는 상태 코드.',
    }),
    minRequests: member('minRequests', 'gateway.breaker.min-requests', integer(1, 1_000_000), 20, {
      en: 'Minimum requests in ten seconds for the share of failures to count.',
      ko: '실패 비율을 따지기 위해 10초 동안 있어야 하는 최소 요청 수.',
    }),
    openMs: member('openDuration', 'gateway.breaker.open-ms', integer(1, DAY_MS, 'ms'), 1_000, {
      en: 'Time from opening to a trial request; doubles with each failed trial, up to 30 s.',
      ko: '열린 뒤 시험 요청을 보내기까지의 시간. 시험이 실패할 때마다 두 배가 되며 30초를 넘지 않습니다.',
    }),
  }),
  concurrency: section('concurrency', {
    perInstance: member('perInstance', 'gateway.concurrency.per-instance', integer(0, 1_000_000), 0, {
      en: 'Maximum requests in flight to one instance; 0: no limit.',
      ko: '한 인스턴스에서 동시에 처리하는 최대 요청 수. 0이면 제한이 없습니다.',
    }),
    // Event streams and tunnels count for their whole duration, so the default leaves room for them.
    perService: member('perService', 'gateway.concurrency.per-service', integer(0, 1_000_000), 16_384, {
      en: 'Maximum requests in flight to the service; 0: no limit.',
      ko: '서비스 전체에서 동시에 처리하는 최대 요청 수. 0이면 제한이 없습니다.',
    }),
    adaptive: member('adaptive', 'gateway.concurrency.adaptive', oneOf('off', 'gradient'), 'off', {
      en: '`gradient`: a limit derived from the change of latency, which starts at 20, lowers `per-service`.',
      ko: '`gradient`이면 지연 시간의 변화로 구한 한도가 `per-service`를 낮춥니다. 20에서 시작합니다.',
    }),
    queue: member('queue', 'gateway.concurrency.queue', integer(0, 100_000), 256, {
      en: 'Maximum requests that wait for capacity.',
      ko: '자리를 기다릴 수 있는 최대 요청 수.',
    }),
    queueMs: member('queueTimeout', 'gateway.concurrency.queue-ms', integer(0, 60_000, 'ms'), 500, {
      en: 'Maximum wait for capacity.',
      ko: '자리를 기다리는 최대 시간.',
    }),
  }),
};

/** The settings that the policy file can declare, by its policy members. */
export const FILE_MEMBERS: ReadonlyMap<string, PolicySettings> = new Map(
  Object.values(POLICY_SECTIONS).map(({ fileMember, settings }): [string, PolicySettings] => [
    fileMember,
    settings,
  ]),
);

/** The settings of a policy that are not grouped. The file cannot set them: only a service knows its own paths. */
export const POLICY_SETTINGS = {
  internalPaths: setting(INTERNAL_PATHS_KEY, pathPrefixes, Object.freeze([]), {
    en: 'Paths that only registered instances may call. The paths of all instances count together; a malformed value is refused at registration.',
    ko: '등록된 인스턴스만 호출할 수 있는 경로. 모든 인스턴스의 경로를 합쳐 적용하며, 형식이 잘못된 값은 등록할 때 거부합니다.',
  }),
};
