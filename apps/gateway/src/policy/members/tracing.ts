import { mapping, required, word, type ValueOf } from '../shapes.js';

/** How requests relate to the traces of their clients. */
export const TRACING = mapping({
  context: required(word('trust', 'restart'), {
    en: '`trust`: the trace of the client continues. `restart`: each request begins a trace of its own, for routes that face the internet; the trace of the client becomes a link.',
    ko: '`trust`이면 클라이언트의 트레이스를 이어 갑니다. `restart`이면 요청마다 새 트레이스를 시작하며, 인터넷에 노출된 라우트에 씁니다. 클라이언트의 트레이스는 링크로 남습니다.',
  }),
});

export type TracingPolicy = ValueOf<typeof TRACING>;
