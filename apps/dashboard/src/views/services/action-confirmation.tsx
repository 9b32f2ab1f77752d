import type { InstanceState } from '#contracts';
import { Confirmation } from '../../components/confirmation';
import { Icon } from '../../components/icon';
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

/** Says what an action does, and runs it once confirmed. */
export function ActionConfirmation(props: ActionConfirmationProps) {
  const { id, instance, action, isLast, onDone, onCancel } = props;
  const texts = useTexts(TEXTS);
  return (
    <Confirmation
      label={texts.confirm[action.name]}
      isDangerous={action.name === 'remove'}
      run={() => runAction(id, action)}
      onDone={() => onDone(action.name)}
      onCancel={onCancel}
    >
      <Consequence action={action} weight={instance.weight} />
      {isLast && endsTraffic(action) && (
        <p class="consequence is-critical">
          <Icon name="warning" /> {texts.lastOne(instance.service)}
        </p>
      )}
    </Confirmation>
  );
}

const endsTraffic = (action: InstanceAction): boolean =>
  action.name === 'weight' ? action.weight === 0 : action.name === 'drain' || action.name === 'remove';

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
  return <p>{texts[`${action.name}Text`]}</p>;
}
