import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Result } from '../state/gateway-request';
import { useTexts, type Texts } from '../text/language';
import { ReadProblem, type ReadProblemProps } from './read-problem';

const EN = { cancel: 'Cancel' };
const TEXTS: Texts<typeof EN> = { en: EN, ko: { cancel: '취소' } };

export interface ConfirmationProps {
  /** What the button says that confirms. */
  readonly label: string;
  readonly isDangerous?: boolean;
  /** Sends the request. */
  readonly run: () => Promise<Result<unknown>>;
  readonly onDone: () => void;
  readonly onCancel: () => void;
  /** What the action does. */
  readonly children: ComponentChildren;
}

/** Says what an action does, and runs it once confirmed. A missing token is asked for, and the action repeated. */
export function Confirmation({
  label,
  isDangerous = false,
  run,
  onDone,
  onCancel,
  children,
}: ConfirmationProps) {
  const texts = useTexts(TEXTS);
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<ReadProblemProps['problem']>();
  const confirm = async (): Promise<void> => {
    setRunning(true);
    const result = await run();
    setRunning(false);
    if (result.problem) setProblem(result.problem);
    else onDone();
  };
  return (
    <>
      {children}
      {problem && <ReadProblem problem={problem} onToken={() => void confirm()} />}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onCancel}>
          {texts.cancel}
        </button>
        <button
          type="button"
          class={`button ${isDangerous ? 'button-danger' : 'button-primary'}`}
          disabled={isRunning}
          autofocus
          onClick={() => void confirm()}
        >
          {label}
        </button>
      </div>
    </>
  );
}
