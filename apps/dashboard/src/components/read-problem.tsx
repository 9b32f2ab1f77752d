import type { Result } from '../state/gateway-request';
import { needsToken, storeToken } from '../state/gateway-request';
import { useTexts, type Texts } from '../text/language';
import { EmptyState } from './empty-state';

const EN = {
  token: 'Token of the registry',
  hint: 'The gateway shows this to programs on its own machine, and to operators with its token (REGISTRY_TOKEN). The browser keeps it until the tab is closed.',
  submit: 'Use the token',
};

const TEXTS: Texts<typeof EN> = {
  en: EN,
  ko: {
    token: '레지스트리 토큰',
    hint: '게이트웨이는 이 내용을 같은 머신의 프로그램과, 토큰(REGISTRY_TOKEN)을 가진 운영자에게만 보여 줍니다. 토큰은 탭을 닫을 때까지만 브라우저에 보관됩니다.',
    submit: '토큰 사용',
  },
};

export interface ReadProblemProps {
  readonly problem: NonNullable<Result<unknown>['problem']>;
  /** Called once the operator gave a token. */
  readonly onToken: () => void;
}

/** Why the gateway does not show something; asks for the token if that helps. */
export function ReadProblem({ problem, onToken }: ReadProblemProps) {
  const texts = useTexts(TEXTS);
  const submit = (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string') storeToken(token);
    onToken();
  };
  return (
    <div role="alert">
      <EmptyState title={problem.title}>
        <span>{problem.detail}</span>
        {needsToken({ problem }) && (
          <form class="token-form" onSubmit={submit}>
            <p>{texts.hint}</p>
            <label class="field">
              <span>{texts.token}</span>
              <input class="input" name="token" type="password" autocomplete="off" required />
            </label>
            <button type="submit" class="button">
              {texts.submit}
            </button>
          </form>
        )}
      </EmptyState>
    </div>
  );
}
