import type { Wording } from '../config/metadata-setting.js';
import { ACCESS } from './members/access.js';
import { AUTH } from './members/authentication.js';
import { AUTHORIZATION } from './members/authorization.js';
import { CACHE } from './members/cache.js';
import { CONTRACT } from './members/contract.js';
import { LIMITS } from './members/limits.js';
import { MIRROR } from './members/mirror.js';
import { REDIRECT } from './members/redirect.js';
import { RESPOND } from './members/respond.js';
import { REWRITE } from './members/rewrite.js';
import { CORS } from './members/cors.js';
import { REQUEST_HEADERS, RESPONSE_HEADERS } from './members/header-edits.js';
import { RATE_LIMITS } from './members/rate-limits.js';
import { STAGES } from './members/stages.js';
import { TRACING } from './members/tracing.js';
import { TRAFFIC } from './members/traffic.js';
import { SECURITY_HEADERS } from './members/security-headers.js';
import { report, type Shape, type ValueOf } from './shapes.js';

/** What stands for a member that is switched off, whatever less specific levels declare. */
export const NONE = 'none';

interface FileOnlyMember<T> {
  readonly shape: Shape<T | typeof NONE>;
  readonly meaning: Wording;
}

const orNone = <T>(shape: Shape<T>): Shape<T | typeof NONE> => {
  const accepted = `${NONE}, or ${shape.accepted}`;
  return {
    ...shape,
    read: (place) => {
      const { source, node, path } = place;
      if (source.valueOf(node) === NONE) return NONE;
      const isOtherWord = shape.parts !== undefined && source.kindOf(node) === 'scalar';
      return isOtherWord ? report(place, `${path} must be ${accepted}`) : shape.read(place);
    },
    accepted,
    schema: { anyOf: [{ type: 'string', enum: [NONE] }, shape.schema] },
  };
};

const member = <T>(shape: Shape<T>, en: string, ko: string): FileOnlyMember<T> => ({
  shape: orNone(shape),
  meaning: { en, ko },
});

/**
 * Policy members that only the file can declare: a service must not be able to weaken them by its metadata. Each level of
 * the file can switch off a member with {@link NONE}.
 */
export const FILE_ONLY_MEMBERS = {
  access: member(ACCESS, 'Client addresses that may call.', '호출할 수 있는 클라이언트 주소.'),
  auth: member(
    AUTH,
    'Which callers are admitted: those that a provider authenticates; `none`: all.',
    '받아들이는 호출자. 제공자가 인증한 호출자이며, `none`이면 모두입니다.',
  ),
  authorization: member(
    AUTHORIZATION,
    'Which authenticated callers may call, by scopes, claims and consumers; `none`: all.',
    '인증된 호출자 가운데 호출할 수 있는 대상. 스코프, 클레임, 소비자로 정합니다. `none`이면 모두입니다.',
  ),
  rateLimits: member(
    RATE_LIMITS,
    'How many requests are admitted in a period.',
    '기간마다 받아들이는 요청 수.',
  ),
  limits: member(LIMITS, 'Limits of requests.', '요청에 대한 제한.'),
  cors: member(
    CORS,
    'Which pages of other origins may call; the gateway responds to their preflights.',
    '호출할 수 있는 다른 출처의 페이지. 사전 요청에는 게이트웨이가 응답합니다.',
  ),
  requestHeaders: member(
    REQUEST_HEADERS,
    'Edits of the fields of requests to instances.',
    '인스턴스로 가는 요청 헤더의 수정.',
  ),
  responseHeaders: member(
    RESPONSE_HEADERS,
    'Edits of the fields of responses to clients.',
    '클라이언트로 가는 응답 헤더의 수정.',
  ),
  securityHeaders: member(
    SECURITY_HEADERS,
    '`true`: response fields of a hardened site, where the service set none.',
    '`true`이면 서비스가 정하지 않은 보안 응답 헤더를 추가합니다.',
  ),
  rewrite: member(REWRITE, 'Path and `Host` that the instance receives.', '인스턴스가 받는 경로와 `Host`.'),
  redirect: member(REDIRECT, 'Clients are sent to another location.', '클라이언트를 다른 곳으로 보냅니다.'),
  respond: member(
    RESPOND,
    'The gateway responds itself, for example with a maintenance page.',
    '점검 페이지처럼 게이트웨이가 직접 응답합니다.',
  ),
  cache: member(
    CACHE,
    'Responses are stored and sent again, as far as they and the request permit it (RFC 9111).',
    '응답과 요청이 허용하는 만큼 응답을 저장했다가 다시 보냅니다(RFC 9111).',
  ),
  traffic: member(
    TRAFFIC,
    'How requests are divided among the versions of a service.',
    '요청을 서비스의 버전들에 나누는 방법.',
  ),
  contract: member(
    CONTRACT,
    'What happens when the OpenAPI document of a new version breaks the accepted one; not in routes.',
    '새 버전의 OpenAPI 문서가 수락된 문서와 호환되지 않을 때의 처리. 라우트에는 쓸 수 없습니다.',
  ),
  mirror: member(
    MIRROR,
    'Where copies of the requests go; their responses are discarded.',
    '요청의 복사본을 보내는 곳. 그 응답은 버립니다.',
  ),
  tracing: member(
    TRACING,
    'How requests relate to the traces of their clients; by default they continue them.',
    '요청과 클라이언트 트레이스의 관계. 기본은 이어 가는 것입니다.',
  ),
  stages: member(
    STAGES,
    'Settings of the stages that the program of the gateway adds, by their names.',
    '게이트웨이를 띄운 프로그램이 추가한 스테이지의 설정. 이름별로 적습니다.',
  ),
};

/**
 * Members by which the gateway responds itself: such a route needs no instance. A route has one of them, that of the most
 * specific level.
 */
export const RESPONDING_MEMBERS: readonly string[] = ['respond', 'redirect'];

/** The values of those members that a policy has and that are not switched off. */
export type FileOnlyMembers = {
  readonly [M in keyof typeof FILE_ONLY_MEMBERS]?: Exclude<
    ValueOf<(typeof FILE_ONLY_MEMBERS)[M]['shape']>,
    typeof NONE
  >;
};
