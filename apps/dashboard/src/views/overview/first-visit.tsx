import { Panel } from '../../components/panel';
import { useTexts, type Texts } from '../../text/language';

const EN = {
  title: 'Nothing is registered yet',
  lead: 'Services appear here as soon as they register. There are two ways to begin:',
  own: 'Register a service of your own',
  ownText: (origin: string) =>
    `It is then reachable at ${origin}/api/files/. Renew its lease by a heartbeat every few seconds; without heartbeats it expires after a minute.`,
  shop: 'Start the sample services',
  shopText:
    'Users, products and orders, in one process with the gateway. The second command adds sample data.',
  docs: 'Read on',
  api: 'API documentation of this gateway',
  guide: 'The guide “Register services” is in docs/guide/registering-services.md.',
};

const TEXTS: Texts<typeof EN> = {
  en: EN,
  ko: {
    title: '아직 등록된 서비스가 없습니다',
    lead: '서비스가 등록되면 바로 이 화면에 나타납니다. 다음 방법으로 시작해 보세요.',
    own: '직접 만든 서비스 등록하기',
    ownText: (origin) =>
      `등록하면 ${origin}/api/files/ 로 접근할 수 있습니다. 몇 초마다 하트비트를 보내 임대를 갱신하세요. 하트비트가 없으면 1분 뒤에 만료됩니다.`,
    shop: '예제 서비스 실행하기',
    shopText:
      '사용자·상품·주문 서비스가 게이트웨이와 한 프로세스로 실행됩니다. 두 번째 명령은 예제 데이터를 넣습니다.',
    docs: '더 알아보기',
    api: '이 게이트웨이의 API 문서',
    guide: '서비스 등록 방법은 docs/ko/guide/registering-services.md에 있습니다.',
  },
};

const registration = (origin: string): string => `curl ${origin}/discovery/register \\
  -H 'content-type: application/json' \\
  -d '{"name": "files", "url": "http://127.0.0.1:9000", "ttlSeconds": 60, "healthPath": "/"}'`;

/** What to do next while no service is registered. */
export function FirstVisit() {
  const texts = useTexts(TEXTS);
  const { origin } = window.location;
  return (
    <Panel title={texts.title}>
      <div class="first-visit">
        <p>{texts.lead}</p>
        <h3>{texts.own}</h3>
        <pre class="code" tabIndex={0}>
          {registration(origin)}
        </pre>
        <p class="muted">{texts.ownText(origin)}</p>
        <h3>{texts.shop}</h3>
        <pre class="code" tabIndex={0}>
          {'npm start\nnpm run seed'}
        </pre>
        <p class="muted">{texts.shopText}</p>
        <h3>{texts.docs}</h3>
        <p>
          <a href="/docs">{texts.api}</a>
        </p>
        <p class="muted">{texts.guide}</p>
      </div>
    </Panel>
  );
}
