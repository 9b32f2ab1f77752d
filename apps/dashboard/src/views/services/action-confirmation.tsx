import { useState } from 'preact/hooks';
import type { InstanceState } from '#contracts';
import { Icon } from '../../components/icon';
import { ReadProblem, type ReadProblemProps } from '../../components/read-problem';
import { useTexts } from '../../text/language';
import { runAction, type InstanceAction } from './actions';
import { TEXTS } from './dialog-texts';

export interface ActionConfirmationProps {
  readonly id: string;
  readonly instance: InstanceState;
  readonly action: InstanceAction;
  /** Whether the service is without an instance in rotation once this one is drained or removed. */
  readonly isLast: boolean;
  readonly onDone: (name: InstanceAction['name']) => void;
  readonly onCancel: () => void;
}

/** Says what an action does, and runs it once confirmed. A missing token is asked for, and the action repeated. */
export function ActionConfirmation(props: ActionConfirmationProps) {
  const { id, instance, action, isLast, onDone, onCancel } = props;
  const texts = useTexts(TEXTS);
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<ReadProblemProps['problem']>();
  const run = async (): Promise<void> => {
    setRunning(true);
    const result = await runAction(id, action);
    setRunning(false);
    if (result.problem) setProblem(result.problem);
    else onDone(action.name);
  };
  return (
    <>
      <Consequence action={action} weight={instance.weight} />
      {isLast && endsTraffic(action) && (
        <p class="consequence is-critical">
          <Icon name="warning" /> {texts.lastOne(instance.service)}
        </p>
      )}
      {problem && <ReadProblem problem={problem} onToken={() => void run()} />}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onCancel}>
          {texts.cancel}
        </button>
        <button
          type="button"
          class={`button ${action.name === 'remove' ? 'button-danger' : 'button-primary'}`}
          disabled={isRunning}
          autofocus
          onClick={() => void run()}
        >
          {texts.confirm[action.name]}
        </button>
      </div>
    </>
  );
}

const endsTraffic = (action: InstanceAction): boolean =>
  action.name === 'weight' ? action.weight === 0 : action.name !== 'resume';

interface ConsequenceProps {
  readonly action: InstanceAction;
  readonly weight: number;
}

function Consequence({ action, weight }: ConsequenceProps) {
  const texts = useTexts(TEXTS);
  if (action.name === 'weight')
    return (
      <p>
        {`${weight} → ${action.weight}`} <span class="muted">{texts.weightText}</span>
      </p>
    );
  return <p>{{ drain: texts.drainText, resume: texts.resumeText, remove: texts.removeText }[action.name]}</p>;
}
