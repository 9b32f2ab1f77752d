import type { AttentionItem, FaultKind } from '#contracts';
import type { Format } from './format';

/** Why an item needs attention, from its figures. */
export type ReasonText = (values: AttentionItem['values'], format: Format) => string;

/** Errors that happened at no instance. */
const ownEn = ({ own }: AttentionItem['values']): string =>
  own === undefined ? '' : '; the gateway responded itself';
const ownKo = ({ own }: AttentionItem['values']): string =>
  own === undefined ? '' : ', 게이트웨이가 직접 응답';
/** The few instances, or the only one, that are the cause of an item about a service. */
const atEn = ({ at, only = at }: AttentionItem['values']): string =>
  only === undefined ? '' : `; at ${only}`;
const atKo = ({ at, only = at }: AttentionItem['values']): string =>
  only === undefined ? '' : `, 해당 인스턴스: ${only}`;

/** Since when the requests are counted, if they are not those of the last seconds. */
const sinceEn = ({ from }: AttentionItem['values'], format: Format): string =>
  from === undefined ? '' : ` since ${format.time(String(from))}`;
const sinceKo = ({ from }: AttentionItem['values'], format: Format): string =>
  from === undefined ? '' : `${format.time(String(from))}부터 `;

export const failedEn: ReasonText = (values, format) => {
  const { errors, requests, errorRate, status } = values;
  return `${errors} of ${requests} requests${sinceEn(values, format)} failed (${format.percent(Number(errorRate))})${status === '' ? '' : `, most of them with ${status}`}${atEn(values)}${ownEn(values)}`;
};
export const failedKo: ReasonText = (values, format) => {
  const { errors, requests, errorRate, status } = values;
  return `${sinceKo(values, format)}요청 ${requests}건 중 ${errors}건 실패(${format.percent(Number(errorRate))})${status === '' ? '' : `, 대부분 ${status}`}${atKo(values)}${ownKo(values)}`;
};
export const slowEn: ReasonText = (values, format) =>
  `${values.slow} of ${values.requests} responses${sinceEn(values, format)} took over 1\u00a0s; p95 is about ${format.duration(Number(values.p95Ms))}${atEn(values)}`;
export const slowKo: ReasonText = (values, format) =>
  `${sinceKo(values, format)}응답 ${values.requests}건 중 ${values.slow}건이 1초 초과, p95 약 ${format.duration(Number(values.p95Ms))}${atKo(values)}`;
export const differsEn: ReasonText = ({ different, compared }) =>
  `${different} of ${compared} compared responses differ`;
export const differsKo: ReasonText = ({ different, compared }) =>
  `비교한 응답 ${compared}건 중 ${different}건이 다릅니다`;
const FAULTS_EN: Readonly<Record<FaultKind, string>> = {
  kill: 'connections to it are refused',
  hang: 'it stays silent',
  slow: 'its responses are late',
  errors: 'its responses have an error status',
};
const FAULTS_KO: Readonly<Record<FaultKind, string>> = {
  kill: '연결 거부',
  hang: '무응답',
  slow: '응답 지연',
  errors: '오류 응답',
};
export const faultEn: ReasonText = ({ fault, endsAt }, format) =>
  `A drill: ${FAULTS_EN[fault as FaultKind]}, until ${format.time(String(endsAt))}`;
export const faultKo: ReasonText = ({ fault, endsAt }, format) =>
  `장애 훈련(${FAULTS_KO[fault as FaultKind]}), ${format.time(String(endsAt))}까지`;
export const problemsEn: ReasonText = ({ count }) =>
  `The file has ${count} ${count === 1 ? 'problem' : 'problems'}; the Routes view shows them`;
