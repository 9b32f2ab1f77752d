import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { AttentionItem, InstanceState } from '#contracts';
import { useTexts } from '../../text/language';
import type { InstanceAction } from './actions';
import { TEXTS } from './dialog-texts';
import { NameCell, StatusCell } from './instance-cells';

/** Largest weight of an instance. */
const LARGEST_WEIGHT = 1000;

export interface ActionMenuProps {
  readonly instance: InstanceState;
  readonly attention: AttentionItem | undefined;
  /** The gateway's time. */
  readonly now: string;
  readonly onChoose: (action: InstanceAction) => void;
}

/** The state of an instance, and the actions with what they do. */
export function ActionMenu({ instance, attention, now, onChoose }: ActionMenuProps) {
  const texts = useTexts(TEXTS);
  const drain = instance.status === 'draining' ? 'resume' : 'drain';
  return (
    <>
      <NameCell id={instance.service} instance={instance} />
      <StatusCell instance={instance} attention={attention} now={now} />
      {attention?.kind === 'instance-fault' && (
        <Choice text={texts.endFaultText}>
          <button type="button" class="button" onClick={() => onChoose({ name: 'endFault' })}>
            {texts.endFault}
          </button>
        </Choice>
      )}
      <Choice text={drain === 'drain' ? texts.drainText : texts.resumeText}>
        <button type="button" class="button" onClick={() => onChoose({ name: drain })}>
          {texts[drain]}
        </button>
      </Choice>
      <WeightChoice weight={instance.weight} onChoose={onChoose} />
      <Choice text={texts.removeText}>
        <button type="button" class="button button-danger" onClick={() => onChoose({ name: 'remove' })}>
          {texts.remove}
        </button>
      </Choice>
    </>
  );
}

interface WeightChoiceProps {
  readonly weight: number;
  readonly onChoose: ActionMenuProps['onChoose'];
}

function WeightChoice({ weight, onChoose }: WeightChoiceProps) {
  const texts = useTexts(TEXTS);
  const [wanted, setWanted] = useState(String(weight));
  const submit = (event: Event): void => {
    event.preventDefault();
    onChoose({ name: 'weight', weight: Number(wanted) });
  };
  return (
    <form class="action-choice" onSubmit={submit}>
      <label class="field">
        <span>{texts.weight}</span>
        <input
          class="input"
          type="number"
          min="0"
          max={LARGEST_WEIGHT}
          step="1"
          required
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        {texts.setWeight}
      </button>
      <p class="muted small">{texts.weightText}</p>
    </form>
  );
}

const Choice = ({ text, children }: { readonly text: string; readonly children: ComponentChildren }) => (
  <div class="action-choice">
    <p class="muted small">{text}</p>
    {children}
  </div>
);
