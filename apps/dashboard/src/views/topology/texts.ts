import type { EdgeState } from '#contracts';
import type { Texts } from '../../text/language';

const EN = {
  title: 'Topology',
  hint: 'Requests of the last 10 seconds. Calls between services and to stores are counted by the services and arrive with their heartbeats.',
  picture: 'Calls between clients, the gateway, services and stores; the table below lists them',
  calls: 'Calls',
  from: 'From',
  to: 'To',
  kind: 'Kind',
  rate: 'Requests/s',
  errors: 'Errors',
  kinds: {
    client: 'clients',
    proxied: 'proxied by the gateway',
    call: 'call of a service',
    store: 'store',
  } satisfies Readonly<Record<EdgeState['kind'], string>>,
  nodes: { client: 'Clients', gateway: 'Gateway' },
  rateOf: (rate: string) => `${rate}/s`,
  none: 'No call yet',
  noneHint: 'Calls appear here with the first request.',
  instances: (healthy: number, total: number) => `${healthy} of ${total} in rotation`,
  of: (service: string) => `of ${service}`,
};

export const TEXTS: Texts<typeof EN> = {
  en: EN,
  ko: {
    title: '토폴로지',
    hint: '최근 10초 동안의 요청입니다. 서비스 간 호출과 저장소 호출은 각 서비스가 세어 하트비트와 함께 보냅니다.',
    picture: '클라이언트, 게이트웨이, 서비스, 저장소 사이의 호출. 아래 표에 같은 내용이 있습니다',
    calls: '호출',
    from: '출발',
    to: '도착',
    kind: '종류',
    rate: '요청/초',
    errors: '오류',
    kinds: {
      client: '클라이언트',
      proxied: '게이트웨이가 프록시',
      call: '서비스 호출',
      store: '저장소',
    },
    nodes: { client: '클라이언트', gateway: '게이트웨이' },
    rateOf: (rate) => `${rate}/초`,
    none: '아직 호출이 없습니다',
    noneHint: '첫 요청부터 여기에 표시됩니다.',
    instances: (healthy, total) => `라우팅 대상 ${healthy} / ${total}`,
    of: (service) => `${service} 내장`,
  },
};
