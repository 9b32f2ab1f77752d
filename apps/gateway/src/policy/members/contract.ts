import { mapping, required, word, type ValueOf } from '../shapes.js';

/** What happens when the document of a new version breaks the accepted one. */
export const CONTRACT = mapping({
  onBreaking: required(word('report', 'canary-only', 'quarantine'), {
    en: '`report`: the change is only reported. `canary-only`: only routes whose `traffic` names the version send it requests. `quarantine`: it gets no requests until an operator accepts it.',
    ko: '`report`이면 변경을 알리기만 합니다. `canary-only`이면 `traffic`에 그 버전을 적은 라우트만 요청을 보냅니다. `quarantine`이면 운영자가 수락할 때까지 요청을 받지 않습니다.',
  }),
});

export type ContractPolicy = ValueOf<typeof CONTRACT>;
