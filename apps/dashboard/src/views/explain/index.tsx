import { Panel } from '../../components/panel';
import { ReadProblem } from '../../components/read-problem';
import { useLocation } from '../../state/location';
import { useJson } from '../../state/use-json';
import { useTexts } from '../../text/language';
import type { ViewProps } from '../view-props';
import { Details } from './details';
import { explainUrl, questionOf, type Explanation } from './explanation';
import './explain.css';
import { Outcome } from './outcome';
import { QuestionForm } from './question-form';
import { TEXTS } from './texts';

/** Explains what a request would meet. */
export function View({ live: { state } }: ViewProps) {
  const texts = useTexts(TEXTS);
  const question = questionOf(useLocation().query);
  const url = explainUrl(question);
  const { result, again } = useJson<Explanation>(url);
  return (
    <>
      <Panel title={texts.title}>
        <p class="muted">{texts.hint}</p>
        <QuestionForm question={question} services={Object.keys(state.services)} />
      </Panel>
      {url !== undefined && result?.problem && <ReadProblem problem={result.problem} onToken={again} />}
      {url !== undefined && result?.value && (
        <>
          <Outcome explanation={result.value} />
          <Details explanation={result.value} />
        </>
      )}
    </>
  );
}
