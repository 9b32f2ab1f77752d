import type { ViewName } from '../state/location';
import type { Connection } from '../state/live-state';
import type { Texts } from '../text/language';

const EN = {
  skip: 'Skip to content',
  running: (duration: string) => `up ${duration}`,
  dataPlane: (name: string) => `data plane ${name}`,
  store: { memory: 'registry in memory', redis: 'registry in Redis' },
  policy: (revision: string) => `policies ${revision}`,
  noPolicy: 'no policy file',
  apiDocs: 'API documentation',
  metrics: 'Metrics',
  navigation: 'Views',
  views: {
    overview: 'Overview',
    services: 'Services',
    topology: 'Topology',
    routes: 'Routes',
    explain: 'Explain',
    events: 'Events',
    time: 'Time travel',
  } satisfies Readonly<Record<ViewName, string>>,
  connection: { connecting: 'Connecting', live: 'Live', lost: 'Connection lost' } satisfies Readonly<
    Record<Connection, string>
  >,
  lost: 'Connection to the gateway lost; this is the last known state. Connecting again…',
  waiting: 'Waiting for the gateway…',
  otherLanguage: '한국어',
  theme: { light: 'Use the dark theme', dark: 'Use the light theme' },
  verdict: 'State of the system',
  allWell: 'Everything is working',
  nothingRegistered: 'No service is registered yet',
  attention: (count: number) => (count === 1 ? '1 thing needs attention' : `${count} things need attention`),
  over: (count: number) =>
    count === 1 ? 'Working again; 1 thing was wrong' : `Working again; ${count} things were wrong`,
  listed: (titles: readonly string[]) => titles.join('; '),
};

export const TEXTS: Texts<typeof EN> = {
  en: EN,
  ko: {
    skip: '본문으로 건너뛰기',
    running: (duration) => `가동 ${duration}`,
    dataPlane: (name) => `데이터 플레인 ${name}`,
    store: { memory: '레지스트리 메모리', redis: '레지스트리 Redis' },
    policy: (revision) => `정책 ${revision}`,
    noPolicy: '정책 파일 없음',
    apiDocs: 'API 문서',
    metrics: '메트릭',
    navigation: '화면',
    views: {
      overview: '개요',
      services: '서비스',
      topology: '토폴로지',
      routes: '라우트',
      explain: '요청 분석',
      events: '이벤트',
      time: '시간 여행',
    },
    connection: { connecting: '연결 중', live: '실시간', lost: '연결 끊김' },
    lost: '게이트웨이와 연결이 끊겨 마지막으로 받은 상태를 표시합니다. 다시 연결 중…',
    waiting: '게이트웨이의 응답을 기다리는 중…',
    otherLanguage: 'English',
    theme: { light: '어두운 테마로 전환', dark: '밝은 테마로 전환' },
    verdict: '시스템 상태',
    allWell: '모두 정상입니다',
    nothingRegistered: '아직 등록된 서비스가 없습니다',
    attention: (count) => `확인이 필요한 항목 ${count}건`,
    over: (count) => `다시 정상입니다. 방금 해소된 항목 ${count}건`,
    listed: (titles) => titles.join(' · '),
  },
};
