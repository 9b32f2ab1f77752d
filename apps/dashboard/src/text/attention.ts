import type { AttentionItem, AttentionKind } from '#contracts';
import {
  failedEn,
  failedKo,
  slowEn,
  slowKo,
  differsEn,
  differsKo,
  faultEn,
  faultKo,
  problemsEn,
  type ReasonText,
} from './attention-reasons';
import type { Format } from './format';
import type { Language } from './language';

interface AttentionTexts {
  /** What is the matter, in few words and without figures, so that a screen reader reads it once. */
  title(subject: string): string;
  /** The next step to take. */
  readonly next: string;
  /** The next step if few instances are the cause, which the reason names; if the errors happened at no instance. */
  readonly nextForFew?: string;
  readonly nextForOwn?: string;
  /** Why, from the figures of the item; otherwise the gateway's own words are shown, which are English. */
  readonly reason?: ReasonText;
}

const EN: Readonly<Record<AttentionKind, AttentionTexts>> = {
  'service-down': {
    title: (subject) => `${subject} has no instance in rotation`,
    next: 'Look at the reasons of its instances, then start one or resume a draining one.',
  },
  'service-failing': {
    title: (subject) => `${subject} fails requests`,
    next: 'Read the log; see what changed before, and whether its store or a service that it calls fails.',
    nextForFew: 'Drain these instances if others can take over; read their logs, and what changed before.',
    nextForOwn: 'No instance failed. See the reasons in the Routes view: a provider, a limit or a breaker.',
    reason: failedEn,
  },
  'service-slow': {
    title: (subject) => `${subject} is slow`,
    next: 'See whether its store or a service that it calls is slow; otherwise add instances.',
    nextForFew:
      'Compare host and version of these instances with the others; lower their weight or drain them.',
    reason: slowEn,
  },
  'breaker-open': {
    title: (subject) => `Circuit breaker of ${subject} is open`,
    next: 'Requests are refused at once. The breaker closes by itself when trial requests succeed; find the cause of the failures.',
  },
  'instance-down': {
    title: (subject) => `${subject} is down`,
    next: 'Read the reason and the log of the process. Restart it, or remove it from the list.',
  },
  'instance-failing': {
    title: (subject) => `${subject} fails requests`,
    next: 'Drain it so that the other instances take over, then read its log.',
    reason: failedEn,
  },
  'instance-slow': {
    title: (subject) => `${subject} is slower than its peers`,
    next: 'Lower its weight or drain it, and compare its host and version with the others.',
    reason: slowEn,
  },
  'instance-expiring': {
    title: (subject) => `${subject} missed its heartbeat`,
    next: 'It leaves the rotation when its lease expires. See whether the process hangs or cannot reach the gateway.',
  },
  'instance-ejected': {
    title: (subject) => `${subject} is ejected`,
    next: 'This gateway sends it no requests for a while because several failed. It returns by itself; read its log.',
  },
  'instance-fault': {
    title: (subject) => `A fault is injected into ${subject}`,
    next: 'It ends by itself. To end it earlier, open the actions of the instance.',
    reason: faultEn,
  },
  'certificate-expiring': {
    title: (subject) => `Certificate of ${subject} expires soon`,
    next: 'Renew the certificate and restart the instance.',
  },
  'provider-unavailable': {
    title: (subject) => `Authentication provider ${subject} is unavailable`,
    next: 'See whether the gateway can read the file of its keys, or reach their address. Known keys of an address are used until they expire.',
    reason: () => 'Its keys are not available; the Routes view shows why',
  },
  'reload-failed': {
    title: () => 'The policy file could not be reloaded',
    next: 'The last good policies stay in effect. Correct the file; `npm run gateway -- check` shows every error.',
    reason: problemsEn,
  },
  'registry-away': {
    title: () => 'The registry store is unavailable',
    next: 'Known instances keep their traffic, registrations wait. Start Redis or restore the connection to it.',
  },
  'backlog-growing': {
    title: (subject) => `Backlog of ${subject} grows`,
    next: 'See whether the service that it waits for is up and fast enough.',
  },
  'dead-letters': {
    title: (subject) => `${subject} could not handle events`,
    next: 'GET /events/dead-letters at an instance of the service shows the failures. Mend the cause, then replay or discard each.',
  },
  'events-waiting': {
    title: (subject) => `Events of ${subject} are not sent`,
    next: 'See whether Redis is up, and whether the service reaches it; the events are sent when it does.',
    reason: ({ count, oldestSeconds }, format) =>
      `${count} events wait, the oldest for ${format.duration(Number(oldestSeconds) * 1000)}`,
  },
  'contract-broken': {
    title: (subject) => `${subject} broke its contract`,
    next: 'Read the changes under the instances of the service. Accept the version, or keep traffic on the former one until clients are ready.',
  },
  'mirror-differs': {
    title: (subject) => `The mirror of ${subject} responds differently`,
    next: 'Read under Routes where the responses differ, before the mirror gets requests of clients.',
    reason: differsEn,
  },
  'gateway-busy': {
    title: () => 'The gateway is overloaded',
    next: 'Its event loop lags. Add a gateway, or limit the load by a rate limit.',
  },
};

const KO: Readonly<Record<AttentionKind, AttentionTexts>> = {
  'service-down': {
    title: (subject) => `${subject}에 요청을 받을 인스턴스가 없습니다`,
    next: '인스턴스별 사유를 확인한 뒤 인스턴스를 새로 띄우거나 드레인을 해제하세요.',
  },
  'service-failing': {
    title: (subject) => `${subject} 요청이 실패하고 있습니다`,
    next: '로그를 확인하고, 직전 변경 사항과 저장소나 호출 대상 서비스의 실패 여부를 살펴보세요.',
    nextForFew:
      '다른 인스턴스가 대신할 수 있으면 해당 인스턴스를 드레인하고, 로그와 직전 변경 사항을 살펴보세요.',
    nextForOwn: '인스턴스의 오류가 아닙니다. 라우트 화면에서 인증 제공자, 제한, 서킷 브레이커를 확인하세요.',
    reason: failedKo,
  },
  'service-slow': {
    title: (subject) => `${subject} 응답이 느립니다`,
    next: '저장소나 호출 대상 서비스가 느린지 확인하고, 아니라면 인스턴스를 늘리세요.',
    nextForFew: '해당 인스턴스의 호스트와 버전을 다른 인스턴스와 비교하고, 가중치를 낮추거나 드레인하세요.',
    reason: slowKo,
  },
  'breaker-open': {
    title: (subject) => `${subject}의 서킷 브레이커가 열려 있습니다`,
    next: '요청이 즉시 거부됩니다. 시험 요청이 성공하면 자동으로 닫히니, 실패 원인부터 찾으세요.',
    reason: () => '실패가 많아 시험 요청이 성공할 때까지 서킷 브레이커가 요청을 거부합니다',
  },
  'instance-down': {
    title: (subject) => `${subject} 인스턴스가 내려갔습니다`,
    next: '사유와 프로세스 로그를 확인하세요. 다시 시작하거나 목록에서 제거하면 됩니다.',
  },
  'instance-failing': {
    title: (subject) => `${subject} 인스턴스의 요청이 실패하고 있습니다`,
    next: '드레인해서 다른 인스턴스가 처리하게 한 다음 로그를 확인하세요.',
    reason: failedKo,
  },
  'instance-slow': {
    title: (subject) => `${subject} 인스턴스가 다른 인스턴스보다 느립니다`,
    next: '가중치를 낮추거나 드레인하고, 호스트와 버전을 다른 인스턴스와 비교하세요.',
    reason: slowKo,
  },
  'instance-expiring': {
    title: (subject) => `${subject} 인스턴스의 하트비트가 끊겼습니다`,
    next: '임대가 만료되면 라우팅 대상에서 빠집니다. 프로세스가 멈췄는지, 게이트웨이에 연결할 수 있는지 확인하세요.',
    reason: () => '하트비트가 늦고 있습니다. 오지 않으면 임대가 만료되어 요청을 받지 못합니다',
  },
  'instance-ejected': {
    title: (subject) => `${subject} 인스턴스가 일시 제외되었습니다`,
    next: '실패가 이어져 이 게이트웨이가 잠시 요청을 보내지 않습니다. 자동으로 복귀하니 로그를 확인하세요.',
  },
  'instance-fault': {
    title: (subject) => `${subject} 인스턴스에 장애가 주입되어 있습니다`,
    next: '시간이 지나면 저절로 끝납니다. 더 일찍 끝내려면 인스턴스의 작업 메뉴를 여세요.',
    reason: faultKo,
  },
  'certificate-expiring': {
    title: (subject) => `${subject}의 인증서가 곧 만료됩니다`,
    next: '인증서를 갱신하고 인스턴스를 다시 시작하세요.',
  },
  'provider-unavailable': {
    title: (subject) => `${subject} 인증 제공자를 사용할 수 없습니다`,
    next: '게이트웨이가 키 파일을 읽거나 키 주소에 접속할 수 있는지 확인하세요. 주소에서 이미 받은 키는 만료될 때까지 사용합니다.',
    reason: () => '키를 사용할 수 없습니다. 라우트 화면에서 이유를 볼 수 있습니다',
  },
  'reload-failed': {
    title: () => '정책 파일을 다시 읽지 못했습니다',
    next: '마지막으로 정상이던 정책이 계속 적용됩니다. 파일을 고치세요. `npm run gateway -- check`가 모든 오류를 알려 줍니다.',
    reason: ({ count }) => `파일에 문제가 ${count}건 있습니다. 라우트 화면에서 볼 수 있습니다`,
  },
  'registry-away': {
    title: () => '레지스트리 저장소에 연결할 수 없습니다',
    next: '기존 인스턴스는 계속 요청을 받지만 새 등록은 대기합니다. Redis를 시작하거나 연결을 복구하세요.',
    reason: () => '레지스트리에 쓸 수 없어 마지막으로 알던 상태로 요청을 전달합니다',
  },
  'backlog-growing': {
    title: (subject) => `${subject}의 대기 작업이 늘고 있습니다`,
    next: '호출 대상 서비스가 살아 있고 충분히 빠른지 확인하세요.',
    reason: ({ count, before }) => `대기 중 ${count}건, 30초 전 ${before}건`,
  },
  'dead-letters': {
    title: (subject) => `${subject}가 처리하지 못한 이벤트가 있습니다`,
    next: '서비스 인스턴스에 GET /events/dead-letters를 보내 실패 이유를 확인하세요. 원인을 고친 뒤 하나씩 다시 처리하거나 버리세요.',
    reason: ({ count }) => `이벤트 ${count}건이 모든 시도에 실패했고, 같은 대상의 다음 이벤트가 기다립니다`,
  },
  'events-waiting': {
    title: (subject) => `${subject}의 이벤트가 전송되지 않습니다`,
    next: 'Redis가 동작하는지, 서비스가 Redis에 연결되는지 확인하세요. 연결되면 이벤트가 전송됩니다.',
    reason: ({ count, oldestSeconds }, format) =>
      `이벤트 ${count}건 대기, 가장 오래된 것은 ${format.duration(Number(oldestSeconds) * 1000)} 전`,
  },
  'contract-broken': {
    title: (subject) => `${subject}의 API 계약이 깨졌습니다`,
    next: '서비스의 인스턴스 아래에서 변경 내용을 확인하세요. 그 버전을 수락하거나, 클라이언트가 준비될 때까지 이전 버전으로 트래픽을 보내세요.',
  },
  'mirror-differs': {
    title: (subject) => `${subject}의 미러 응답이 다릅니다`,
    next: '미러에 실제 요청을 보내기 전에 라우트 화면에서 어디가 다른지 확인하세요.',
    reason: differsKo,
  },
  'gateway-busy': {
    title: () => '게이트웨이에 과부하가 걸렸습니다',
    next: '이벤트 루프가 지연되고 있습니다. 게이트웨이를 추가하거나 요청 속도를 제한하세요.',
    reason: ({ loopLagMs }, format) =>
      `이벤트 루프가 ${format.duration(Number(loopLagMs))} 지연되어 모든 요청이 기다립니다`,
  },
};

const BY_LANGUAGE: Readonly<Record<Language, Readonly<Record<AttentionKind, AttentionTexts>>>> = {
  en: EN,
  ko: KO,
};

export const attentionTitle = ({ kind, subject }: AttentionItem, language: Language): string =>
  BY_LANGUAGE[language][kind].title(subject);

/** Why an item needs attention; `undefined`: the gateway's own words say it. */
export const attentionReason = (
  { kind, values }: AttentionItem,
  language: Language,
  format: Format,
): string | undefined => BY_LANGUAGE[language][kind].reason?.(values, format);

/** The next step to take about an item. */
export function attentionStep({ kind, values }: AttentionItem, language: Language): string {
  const { next, nextForFew = next, nextForOwn = next } = BY_LANGUAGE[language][kind];
  if (values.own !== undefined) return nextForOwn;
  return values.at === undefined ? next : nextForFew;
}
