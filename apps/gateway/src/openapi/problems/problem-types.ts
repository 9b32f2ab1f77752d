// Written by `npm run docs` from the reference pages of problem types.
import type { ProblemType } from './problem-type.js';

/** Every problem type of the gateway and of the sample shop, by code. */
export const PROBLEM_TYPES: readonly ProblemType[] = [
  {
    code: 'access-denied',
    status: 403,
    title: 'Access denied',
    meaning: {
      en: 'The address of the client may not call the route (`access` of the policy file).',
      ko: '클라이언트 주소에서 이 라우트를 호출할 수 없습니다(정책 파일의 `access`).',
    },
  },
  {
    code: 'ambiguous-path',
    status: 400,
    title: 'Ambiguous path',
    meaning: {
      en: 'Servers read the path in different ways (`%61`, `%2f`, `//`, `;`), and routes of the policy file depend on the path.',
      ko: '서버마다 경로를 다르게 해석할 수 있고(`%61`, `%2f`, `//`, `;`), 정책 파일의 라우트가 경로에 따라 정해집니다.',
    },
  },
  {
    code: 'authentication-unavailable',
    status: 503,
    title: 'Authentication unavailable',
    meaning: {
      en: 'The credentials cannot be checked, because the keys of the provider are not available; see `Retry-After`.',
      ko: '제공자의 키를 쓸 수 없어 자격 증명을 확인할 수 없습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'bad-request',
    status: 400,
    title: 'Bad request',
    meaning: { en: 'The request cannot be read.', ko: '요청을 읽을 수 없습니다.' },
  },
  {
    code: 'body-too-large',
    status: 413,
    title: 'Request body too large',
    meaning: {
      en: 'The body is larger than the limit of the endpoint, or of the route (`limits` of the policy file).',
      ko: '본문이 엔드포인트의 한도, 또는 라우트의 한도(정책 파일의 `limits`)보다 큽니다.',
    },
  },
  {
    code: 'circuit-open',
    status: 503,
    title: 'Circuit breaker open',
    meaning: {
      en: 'The circuit breaker of the service is open; see `Retry-After`.',
      ko: '서비스의 서킷 브레이커가 열려 있습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'concurrency-limit',
    status: 503,
    title: 'Concurrency limit reached',
    meaning: {
      en: 'Too many requests are in flight and in the queue; see `Retry-After`.',
      ko: '처리 중인 요청과 기다리는 요청이 너무 많습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'contracts-unavailable',
    status: 503,
    title: 'Contracts unavailable',
    meaning: {
      en: 'Redis is unavailable, so the contract is not changed; see `Retry-After`.',
      ko: 'Redis를 쓸 수 없어 계약을 바꾸지 않았습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'email-taken',
    status: 409,
    title: 'E-mail address already in use',
    meaning: { en: 'Another user has the e-mail address.', ko: '다른 사용자가 쓰는 이메일 주소입니다.' },
  },
  {
    code: 'expectation-failed',
    status: 417,
    title: 'Expectation failed',
    meaning: {
      en: 'The request has an `Expect` other than `100-continue`.',
      ko: '요청에 `100-continue`가 아닌 `Expect`가 있습니다.',
    },
  },
  {
    code: 'faults-not-allowed',
    status: 403,
    title: 'Fault injection not allowed',
    meaning: {
      en: '`FAULT_INJECTION` is `refused`, as it is in production unless set.',
      ko: '`FAULT_INJECTION`이 `refused`입니다. 운영 환경(production)에서는 따로 설정하지 않으면 이 값입니다.',
    },
  },
  {
    code: 'forbidden',
    status: 403,
    title: 'Forbidden',
    meaning: {
      en: 'The caller is authenticated, and `authorization` of the policy file does not admit it.',
      ko: '인증된 호출자이지만 정책 파일의 `authorization`이 허용하지 않습니다.',
    },
  },
  {
    code: 'header-fields-too-large',
    status: 431,
    title: 'Request header fields too large',
    meaning: {
      en: 'The head of the request is larger than 16 KiB or has too many fields.',
      ko: '요청의 헤더가 16 KiB보다 크거나 필드가 너무 많습니다.',
    },
  },
  {
    code: 'idempotency-conflict',
    status: 409,
    title: 'Idempotent request in progress',
    meaning: {
      en: 'The first request with this `Idempotency-Key` is still in progress; see `Retry-After`.',
      ko: '이 `Idempotency-Key`의 첫 요청을 아직 처리하고 있습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'idempotency-key-invalid',
    status: 400,
    title: 'Invalid Idempotency-Key',
    meaning: {
      en: 'The `Idempotency-Key` is not a single field of 1 to 255 visible ASCII characters.',
      ko: '`Idempotency-Key`가 보이는 ASCII 문자 1~255자인 필드 하나가 아닙니다.',
    },
  },
  {
    code: 'idempotency-key-reused',
    status: 422,
    title: 'Idempotency-Key reused with a different body',
    meaning: {
      en: 'The `Idempotency-Key` belongs to a request with another body.',
      ko: '`Idempotency-Key`를 본문이 다른 요청에 이미 썼습니다.',
    },
  },
  {
    code: 'illegal-transition',
    status: 409,
    title: 'Illegal status transition',
    meaning: {
      en: 'The order cannot change to this status; `allowed` lists the possible ones.',
      ko: '주문을 이 상태로 바꿀 수 없습니다. 가능한 상태는 `allowed`에 있습니다.',
    },
  },
  {
    code: 'insufficient-stock',
    status: 409,
    title: 'Insufficient stock',
    meaning: {
      en: 'The stock of a product is too low; see `productId`, `requested` and `available`.',
      ko: '상품의 재고가 모자랍니다. `productId`, `requested`, `available`이 있습니다.',
    },
  },
  {
    code: 'internal-error',
    status: 500,
    title: 'Internal error',
    meaning: {
      en: 'An unexpected error; the log has it under the `requestId`.',
      ko: '예상하지 못한 오류입니다. 로그에서 `requestId`로 찾을 수 있습니다.',
    },
  },
  {
    code: 'invalid-cursor',
    status: 400,
    title: 'Invalid cursor',
    meaning: {
      en: 'The cursor is not the `nextCursor` of an earlier page of the same list, filters and sort.',
      ko: '커서가 같은 목록, 필터, 정렬로 조회한 앞 페이지의 `nextCursor`가 아닙니다.',
    },
  },
  {
    code: 'malformed-body',
    status: 400,
    title: 'Malformed request body',
    meaning: {
      en: 'The body is empty, is not valid JSON, or differs in length from `Content-Length`.',
      ko: '본문이 비었거나, 올바른 JSON이 아니거나, 길이가 `Content-Length`와 다릅니다.',
    },
  },
  {
    code: 'malformed-request',
    status: 400,
    title: 'Malformed request',
    meaning: {
      en: 'The request is not valid HTTP/1.1, or is ambiguous.',
      ko: '요청이 올바른 HTTP/1.1이 아니거나 여러 가지로 해석할 수 있습니다.',
    },
  },
  {
    code: 'method-not-allowed',
    status: 405,
    title: 'Method not allowed',
    meaning: {
      en: 'The path does not know the method; see `Allow`.',
      ko: '경로가 모르는 메서드입니다. `Allow`가 있습니다.',
    },
  },
  {
    code: 'method-not-supported',
    status: 501,
    title: 'Method not supported',
    meaning: {
      en: 'The gateway does not forward this method, such as CONNECT.',
      ko: 'CONNECT처럼 게이트웨이가 전달하지 않는 메서드입니다.',
    },
  },
  {
    code: 'mixed-currencies',
    status: 422,
    title: 'Mixed currencies',
    meaning: {
      en: 'The products of the order have different currencies.',
      ko: '주문한 상품들의 통화가 서로 다릅니다.',
    },
  },
  {
    code: 'no-broken-contract',
    status: 404,
    title: 'No broken contract',
    meaning: {
      en: 'No version of the service that breaks its contract is known to this gateway, so there is nothing to accept.',
      ko: '계약을 깨뜨린 버전이 이 게이트웨이에 알려져 있지 않아 수락할 것이 없습니다.',
    },
  },
  {
    code: 'no-healthy-instance',
    status: 503,
    title: 'No healthy instance',
    meaning: {
      en: 'No instance can receive requests; see `Retry-After`.',
      ko: '요청을 받을 수 있는 인스턴스가 없습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'not-found',
    status: 404,
    title: 'Not found',
    meaning: {
      en: 'No resource exists at the path, or the path is internal to a service.',
      ko: '경로에 리소스가 없거나, 서비스의 내부 경로입니다.',
    },
  },
  {
    code: 'not-proxied',
    status: 404,
    title: 'Not a proxied path',
    meaning: {
      en: 'The path that `/discovery/explain` is asked about is not below `/api`.',
      ko: '`/discovery/explain`에 물은 경로가 `/api` 아래에 있지 않습니다.',
    },
  },
  {
    code: 'not-public',
    status: 404,
    title: 'Not a public path',
    meaning: {
      en: 'The path is not under `/api` or `/health`, and operators have a port of their own (`ADMIN_PORT`).',
      ko: '`/api`나 `/health` 아래의 경로가 아니며, 운영자용 포트(`ADMIN_PORT`)가 따로 있습니다.',
    },
  },
  {
    code: 'not-stored',
    status: 504,
    title: 'No stored response',
    meaning: {
      en: 'The request has `Cache-Control: only-if-cached`, and no stored response can be used.',
      ko: '요청에 `Cache-Control: only-if-cached`가 있지만 사용할 수 있는 저장된 응답이 없습니다.',
    },
  },
  {
    code: 'order-access-denied',
    status: 403,
    title: 'Order access denied',
    meaning: {
      en: 'The caller may not place an order for this user, or is not a user and does not have the scope `orders:admin`.',
      ko: '호출자가 이 사용자의 주문을 만들 수 없습니다. 또는 호출자가 사용자가 아니고 `orders:admin` 스코프도 없습니다.',
    },
  },
  {
    code: 'order-immutable',
    status: 409,
    title: 'Immutable order member',
    meaning: { en: 'Only the status of an order can be changed.', ko: '주문은 상태만 바꿀 수 있습니다.' },
  },
  {
    code: 'origin-not-allowed',
    status: 403,
    title: 'Origin not allowed',
    meaning: {
      en: 'The origin of a CORS preflight may not call the route, or the request that it announces has no CORS policy (`cors` of the policy file).',
      ko: 'CORS 사전 요청의 출처가 이 라우트를 호출할 수 없거나, 사전 요청이 알린 요청에 CORS 정책이 없습니다(정책 파일의 `cors`).',
    },
  },
  {
    code: 'overloaded',
    status: 503,
    title: 'Gateway overloaded',
    meaning: {
      en: 'The gateway has no capacity, file descriptors or ports; see `Retry-After`.',
      ko: '주문 서비스가 이미 주문 50개를 처리하고 있습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'path-escapes-service',
    status: 400,
    title: 'Path outside the service',
    meaning: {
      en: 'Dot segments of the path lead out of the service.',
      ko: '경로의 점 세그먼트가 서비스 밖을 가리킵니다.',
    },
  },
  {
    code: 'policies-from-loopback-only',
    status: 403,
    title: 'Policies readable from loopback only',
    meaning: {
      en: 'Another machine reads `/policies` of a gateway that has no `REGISTRY_TOKEN`.',
      ko: '`REGISTRY_TOKEN`이 없는 게이트웨이의 `/policies`를 다른 컴퓨터에서 읽으려 했습니다.',
    },
  },
  {
    code: 'precondition-failed',
    status: 412,
    title: 'Precondition failed',
    meaning: {
      en: '`If-Match` names an older version of the resource.',
      ko: '`If-Match`가 리소스의 이전 버전을 가리킵니다.',
    },
  },
  {
    code: 'purge-not-shared',
    status: 503,
    title: 'Other gateways not reachable for a purge',
    meaning: {
      en: 'Redis is unavailable, so responses were removed from this gateway only; see `Retry-After`.',
      ko: 'Redis에 연결할 수 없어 이 게이트웨이에서만 지웠습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'quota-exceeded',
    status: 429,
    title: 'Rate limit exceeded',
    meaning: {
      en: 'A rate limit of the route is exceeded (`rateLimits` of the policy file). Has `Retry-After` and the member `violated-policies`; its `type` is that of the [IANA registry](https://iana.org/assignments/http-problem-types#quota-exceeded).',
      ko: '라우트의 요청 제한을 넘었습니다(정책 파일의 `rateLimits`). `Retry-After`와 멤버 `violated-policies`가 있고, `type`은 [IANA 레지스트리](https://iana.org/assignments/http-problem-types#quota-exceeded)의 것입니다.',
    },
  },
  {
    code: 'rate-limit-unavailable',
    status: 503,
    title: 'Rate limit unavailable',
    meaning: {
      en: 'Redis is not available and the rate limit has `onStoreDown: closed`. Has `Retry-After`.',
      ko: 'Redis를 쓸 수 없고 요청 제한이 `onStoreDown: closed`입니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'registry-full',
    status: 503,
    title: 'Registry instance limit reached',
    meaning: { en: 'The registry has 20,000 instances.', ko: '레지스트리에 인스턴스가 20,000개 있습니다.' },
  },
  {
    code: 'registry-token-required',
    status: 401,
    title: 'Registry token required',
    meaning: { en: 'The token is missing or wrong.', ko: '토큰이 없거나 틀렸습니다.' },
  },
  {
    code: 'registry-unavailable',
    status: 503,
    title: 'Registry unavailable',
    meaning: {
      en: 'Redis is unavailable, so the registry accepts no changes; see `Retry-After`.',
      ko: 'Redis에 연결할 수 없어 레지스트리를 바꿀 수 없습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'registry-writes-from-loopback-only',
    status: 403,
    title: 'Registry writes allowed from loopback only',
    meaning: {
      en: 'No `REGISTRY_TOKEN` is set, and the client is on another machine.',
      ko: '`REGISTRY_TOKEN`을 설정하지 않았고, 클라이언트가 다른 컴퓨터에 있습니다.',
    },
  },
  {
    code: 'request-timeout',
    status: 408,
    title: 'Request timeout',
    meaning: {
      en: 'The head or the body of the request did not arrive in time.',
      ko: '요청의 헤더나 본문이 제때 도착하지 않았습니다.',
    },
  },
  {
    code: 'reservation-differs',
    status: 409,
    title: 'Stock reservation differs',
    meaning: {
      en: 'The order has a stock reservation of other items.',
      ko: '주문이 다른 품목의 재고를 예약했습니다.',
    },
  },
  {
    code: 'stock-given-back',
    status: 409,
    title: 'Stock reservation released',
    meaning: {
      en: 'The stock reservation of the order was released.',
      ko: '주문의 재고 예약이 이미 해제되었습니다.',
    },
  },
  {
    code: 'storage-unavailable',
    status: 503,
    title: 'Storage unavailable',
    meaning: {
      en: 'The database is unavailable, busy or rejects writes; see `Retry-After`.',
      ko: '데이터베이스에 연결할 수 없거나, 바쁘거나, 쓰기를 거부합니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'target-not-unicast',
    status: 422,
    title: 'Instance address not unicast',
    meaning: {
      en: 'The URL of the instance has an unspecified, multicast or broadcast address.',
      ko: '인스턴스의 URL이 미지정, 멀티캐스트 또는 브로드캐스트 주소입니다.',
    },
  },
  {
    code: 'target-refused',
    status: 403,
    title: 'Instance address not allowed',
    meaning: {
      en: 'The address of the instance is link-local or outside of `REGISTRY_ALLOWED_NETWORKS`.',
      ko: '인스턴스의 주소가 링크 로컬이거나 `REGISTRY_ALLOWED_NETWORKS` 밖에 있습니다.',
    },
  },
  {
    code: 'target-unknown',
    status: 422,
    title: 'Instance host not resolvable',
    meaning: {
      en: 'The host in the URL of the instance cannot be resolved.',
      ko: '인스턴스 URL의 호스트를 찾을 수 없습니다.',
    },
  },
  {
    code: 'time-not-recorded',
    status: 404,
    title: 'Time not recorded',
    meaning: {
      en: 'The time is before the [record](../guide/time-travel.md#how-far-back); `oldest` is the earliest one.',
      ko: '[기록](../guide/time-travel.md#얼마나-이전까지)이 시작되기 전의 시각입니다. `oldest`는 볼 수 있는 가장 이른 시각입니다.',
    },
  },
  {
    code: 'too-many-dashboards',
    status: 503,
    title: 'Too many open dashboards',
    meaning: {
      en: 'Too many dashboards are open at this gateway; see `Retry-After`.',
      ko: '이 게이트웨이에 열린 대시보드가 너무 많습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'too-many-event-streams',
    status: 503,
    title: 'Too many event streams',
    meaning: {
      en: 'Too many streams of `/discovery/events` are open; see `Retry-After`.',
      ko: '열려 있는 `/discovery/events` 스트림이 너무 많습니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'too-many-instances',
    status: 409,
    title: 'Service instance limit reached',
    meaning: { en: 'The service has 10,000 instances.', ko: '서비스에 인스턴스가 10,000개 있습니다.' },
  },
  {
    code: 'too-many-live-streams',
    status: 503,
    title: 'Too many live streams',
    meaning: {
      en: 'The instance of the service has no free live stream, or it stops; see `Retry-After`.',
      ko: '서비스 인스턴스에 남은 실시간 스트림이 없거나 인스턴스가 종료되는 중입니다. `Retry-After`가 있습니다.',
    },
  },
  {
    code: 'too-many-streams-of-caller',
    status: 429,
    title: 'Too many live streams of one caller',
    meaning: {
      en: 'The caller has ten open live streams at this instance; close one.',
      ko: '이 호출자가 이 인스턴스에 실시간 스트림을 이미 10개 열었습니다. 하나를 닫으세요.',
    },
  },
  {
    code: 'unauthenticated',
    status: 401,
    title: 'Authentication required',
    meaning: {
      en: 'The route requires credentials (`auth` of the policy file), and the request has none or wrong ones; see `WWW-Authenticate`.',
      ko: '라우트에 자격 증명이 필요한데(정책 파일의 `auth`) 요청에 없거나 잘못되었습니다. `WWW-Authenticate`를 보세요.',
    },
  },
  {
    code: 'unknown-instance',
    status: 404,
    title: 'Unknown instance',
    meaning: {
      en: 'No instance has this id, or its lease has expired.',
      ko: '이 id의 인스턴스가 없거나 임대가 끝났습니다.',
    },
  },
  {
    code: 'unknown-page-file',
    status: 404,
    title: 'Unknown file of the dashboard',
    meaning: {
      en: 'The dashboard has no file of this name; a page of an earlier version is open: reload it.',
      ko: '대시보드에 이 이름의 파일이 없습니다. 이전 버전의 페이지가 열려 있다면 새로 고치세요.',
    },
  },
  {
    code: 'unknown-product',
    status: 422,
    title: 'Unknown product',
    meaning: { en: 'The order names a product that does not exist.', ko: '주문에 적힌 상품이 없습니다.' },
  },
  {
    code: 'unknown-service',
    status: 404,
    title: 'Unknown service',
    meaning: { en: 'No service of this name is known.', ko: '이 이름의 서비스를 모릅니다.' },
  },
  {
    code: 'unknown-user',
    status: 422,
    title: 'Unknown user',
    meaning: { en: 'The order names a user that does not exist.', ko: '주문에 적힌 사용자가 없습니다.' },
  },
  {
    code: 'unsupported-media-type',
    status: 415,
    title: 'Unsupported media type',
    meaning: {
      en: 'The content type is not `application/json`.',
      ko: '본문의 형식이 `application/json`이 아닙니다.',
    },
  },
  {
    code: 'upstream-protocol-error',
    status: 502,
    title: 'Upstream protocol error',
    meaning: {
      en: 'The instance did not respond with valid HTTP.',
      ko: '인스턴스의 응답이 올바른 HTTP가 아닙니다.',
    },
  },
  {
    code: 'upstream-timeout',
    status: 504,
    title: 'Upstream timeout',
    meaning: {
      en: 'An instance did not accept the connection or did not respond in time.',
      ko: '인스턴스가 제때 연결을 받지 않았거나 응답하지 않았습니다.',
    },
  },
  {
    code: 'upstream-unreachable',
    status: 502,
    title: 'Upstream unreachable',
    meaning: {
      en: 'No connection to an instance could be opened, or it broke before the response.',
      ko: '인스턴스에 연결을 열 수 없거나, 응답이 오기 전에 연결이 끊겼습니다.',
    },
  },
  {
    code: 'validation-failed',
    status: 400,
    title: 'Validation failed',
    meaning: {
      en: 'The input is not valid; `errors` names each invalid member.',
      ko: '입력이 올바르지 않습니다. `errors`에 잘못된 멤버가 모두 있습니다.',
    },
  },
];
