import { useState } from 'preact/hooks';
import type { DashboardState, InstanceState } from '#contracts';
import { Dialog } from '../../components/dialog';
import { useTexts } from '../../text/language';
import { ActionConfirmation } from './action-confirmation';
import { ActionMenu } from './action-menu';
import type { InstanceAction } from './actions';
import { TEXTS } from './dialog-texts';
import { attentionByInstance } from './order';

export interface InstanceDialogProps {
  readonly id: string;
  readonly state: DashboardState;
  readonly onClose: () => void;
}

/** What an operator can do with an instance: choose, confirm, see the result. */
export function InstanceDialog({ id, state, onClose }: InstanceDialogProps) {
  const texts = useTexts(TEXTS);
  const [chosen, setChosen] = useState<InstanceAction>();
  const [done, setDone] = useState<InstanceAction['name']>();
  const instance = state.instances[id];
  const finish = (name: InstanceAction['name']): void => {
    setChosen(undefined);
    setDone(name);
  };
  const choose = (action: InstanceAction): void => {
    setDone(undefined);
    setChosen(action);
  };
  return (
    <Dialog title={chosen ? texts.question[chosen.name](id) : id} onClose={onClose}>
      {chosen && instance ? (
        <ActionConfirmation
          id={id}
          instance={instance}
          action={chosen}
          isLast={isLastInRotation(state, instance)}
          onDone={finish}
          onCancel={() => setChosen(undefined)}
        />
      ) : (
        <>
          {instance ? (
            <ActionMenu
              now={state.at}
              instance={instance}
              attention={attentionByInstance(state.attention).get(id)}
              onChoose={choose}
            />
          ) : (
            <p class="muted">{texts.gone}</p>
          )}
          <p role="status" class="is-ok">
            {done && texts.done[done]}
          </p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={onClose}>
              {texts.close}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

const isLastInRotation = ({ services }: DashboardState, { service, isInRotation }: InstanceState): boolean =>
  isInRotation && services[service]?.healthy === 1;
