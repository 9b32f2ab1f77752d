import type { Texts } from '../../text/language';
import type { InstanceAction } from './actions';

const EN = {
  gone: 'This instance is no longer registered.',
  drain: 'Drain',
  drainText: 'Sends it no new requests; requests in flight finish.',
  resume: 'Resume',
  resumeText: 'Sends it requests again.',
  weight: 'Weight',
  weightText:
    'Share of traffic relative to the other instances, 0 to 1000. Kept until the instance registers again.',
  setWeight: 'Set weight',
  endFault: 'End the fault',
  endFaultText: 'Ends the injected fault now; health checks then decide when it gets requests.',
  remove: 'Remove',
  removeText: 'Takes it off the list. An instance that still runs registers again with its next heartbeat.',
  lastOne: (service: string) =>
    `It is the only instance in rotation: requests to ${service} will fail with 503.`,
  confirm: {
    drain: 'Drain it now',
    resume: 'Resume it now',
    weight: 'Set weight',
    endFault: 'End it now',
    remove: 'Remove it now',
  } satisfies Readonly<Record<InstanceAction['name'], string>>,
  question: {
    drain: (id: string) => `Drain ${id}?`,
    resume: (id: string) => `Resume ${id}?`,
    weight: (id: string) => `Change the weight of ${id}?`,
    endFault: (id: string) => `End the fault of ${id}?`,
    remove: (id: string) => `Remove ${id}?`,
  } satisfies Readonly<Record<InstanceAction['name'], (id: string) => string>>,
  done: {
    drain: 'Drained: it receives no new requests.',
    resume: 'Resumed: it receives requests again.',
    weight: 'The weight is changed.',
    endFault: 'The fault has ended.',
    remove: 'Removed.',
  } satisfies Readonly<Record<InstanceAction['name'], string>>,
  close: 'Close',
};

export const TEXTS: Texts<typeof EN> = {
  en: EN,
  ko: {
    gone: '이 인스턴스는 더 이상 등록되어 있지 않습니다.',
    drain: '드레인',
    drainText: '새 요청을 보내지 않고, 처리 중인 요청은 끝까지 처리합니다.',
    resume: '드레인 해제',
    resumeText: '다시 요청을 보냅니다.',
    weight: '가중치',
    weightText: '다른 인스턴스 대비 트래픽 비중(0~1000)입니다. 인스턴스가 다시 등록될 때까지 유지됩니다.',
    setWeight: '가중치 변경',
    endFault: '장애 주입 해제',
    endFaultText: '주입한 장애를 지금 끝냅니다. 이후에는 상태 확인 결과에 따라 요청을 받습니다.',
    remove: '제거',
    removeText: '목록에서 제거합니다. 아직 실행 중인 인스턴스는 다음 하트비트 때 다시 등록됩니다.',
    lastOne: (service) =>
      `라우팅 대상으로 남은 인스턴스가 이것뿐입니다. ${service} 요청이 503으로 실패하게 됩니다.`,
    confirm: {
      drain: '드레인 실행',
      resume: '드레인 해제',
      weight: '가중치 변경',
      endFault: '지금 해제',
      remove: '제거 실행',
    },
    question: {
      drain: (id) => `${id} 인스턴스를 드레인할까요?`,
      resume: (id) => `${id} 인스턴스의 드레인을 해제할까요?`,
      weight: (id) => `${id} 인스턴스의 가중치를 바꿀까요?`,
      endFault: (id) => `${id} 인스턴스의 장애 주입을 해제할까요?`,
      remove: (id) => `${id} 인스턴스를 제거할까요?`,
    },
    done: {
      drain: '드레인했습니다. 새 요청을 받지 않습니다.',
      resume: '드레인을 해제했습니다. 다시 요청을 받습니다.',
      weight: '가중치를 변경했습니다.',
      endFault: '장애 주입을 해제했습니다.',
      remove: '제거했습니다.',
    },
    close: '닫기',
  },
};
