import type { Texts } from '../../text/language';

const EN = {
  title: 'Registry events',
  filter: 'Filter events',
  type: 'Type',
  allTypes: 'All types',
  time: 'Time',
  event: 'Event',
  instance: 'Instance',
  status: 'Status',
  reason: 'Reason',
  caption: 'Events of the registry, newest first',
  none: 'No event yet',
  noneHint: 'An event appears here when an instance registers, changes its status, or leaves.',
  noMatch: 'No event matches the filter',
  lost: 'Connection lost; later events appear when it is back.',
  showTable: 'Show the registry at this time',
};

export const TEXTS: Texts<typeof EN> = {
  en: EN,
  ko: {
    title: '레지스트리 이벤트',
    filter: '이벤트 필터',
    type: '유형',
    allTypes: '모든 유형',
    time: '시각',
    event: '이벤트',
    instance: '인스턴스',
    status: '상태',
    reason: '사유',
    caption: '레지스트리 이벤트, 최신순',
    none: '아직 이벤트가 없습니다',
    noneHint: '인스턴스가 등록되거나, 상태가 바뀌거나, 나가면 여기에 표시됩니다.',
    noMatch: '필터에 맞는 이벤트가 없습니다',
    lost: '연결이 끊겼습니다. 다시 연결되면 이후 이벤트가 표시됩니다.',
    showTable: '이 시각의 레지스트리 보기',
  },
};
