import { Panel } from '../../components/panel';
import { ReadProblem } from '../../components/read-problem';
import { useJson } from '../../state/use-json';
import { useTexts } from '../../text/language';
import type { ViewProps } from '../view-props';
import { FilePanel, Providers } from './file-panel';
import { Mirrors } from './mirrors';
import { hasMirror, type Policies } from './policies';
import { Refusals } from './refusals';
import { RouteTable } from './route-table';
import { TEXTS } from './texts';

/** Who may call what: the policy file, the providers, and every route with its effective policy. */
export function View({ live: { state } }: ViewProps) {
  const texts = useTexts(TEXTS);
  const { revision, failedAt } = state.policy;
  const version = [revision, failedAt, ...Object.keys(state.routes)].join();
  const { result, again } = useJson<Policies>('/policies', version);
  return (
    <>
      <FilePanel policy={state.policy} details={result?.value} now={state.at} />
      {result?.problem && (
        <Panel title={texts.routes} isFlush>
          <ReadProblem problem={result.problem} onToken={again} />
        </Panel>
      )}
      {result?.value && (
        <>
          {result.value.providers.length > 0 && (
            <Panel title={texts.providers} isFlush>
              <Providers providers={result.value.providers} />
            </Panel>
          )}
          {revision && <Refusals now={state.at} />}
          <Panel title={texts.routes} isFlush>
            <RouteTable routes={result.value.routes} live={state.routes} />
          </Panel>
          {result.value.routes.some(hasMirror) && <Mirrors now={state.at} />}
        </>
      )}
    </>
  );
}
