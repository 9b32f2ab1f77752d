import type { Timeline } from '#contracts';
import { useFormat, useTexts } from '../../text/language';
import { TEXTS } from './texts';

export interface SliderProps {
  readonly timeline: Timeline;
  /** The latest time that can be chosen, milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds since the epoch. */
  readonly chosen: number;
  /** `undefined`: now, whenever that is. */
  readonly onChoose: (ms: number | undefined) => void;
}

const MINUTE_MS = 60_000;
/** Steps of the arrow keys. */
const STEP_MS = 1000;

/** Chooses a time of the record; marks show where something changed. */
export function Slider({ timeline: { oldest, changes }, now, chosen, onChoose }: SliderProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const first = Date.parse(oldest);
  const within = (ms: number): number => Math.min(Math.max(ms, first), now);
  const shareOf = (ms: number): number => (now <= first ? 1 : (within(ms) - first) / (now - first));
  const choose = (ms: number): void => onChoose(within(ms));
  return (
    <div class="time-slider">
      <output class="time-chosen">{format.dateTime(new Date(chosen).toISOString())}</output>
      <div class="time-track">
        <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 1000 10">
          {changes.map(({ at, kind, type }, i) => (
            <rect
              key={i}
              class={kind === 'policy' ? 'is-policy' : `is-${type}`}
              x={shareOf(Date.parse(at)) * 998}
              width="2"
              height="10"
            />
          ))}
        </svg>
        <input
          type="range"
          aria-label={texts.slider}
          aria-valuetext={format.dateTime(new Date(chosen).toISOString())}
          min={Math.floor(first / STEP_MS) * STEP_MS}
          max={Math.ceil(now / STEP_MS) * STEP_MS}
          step={STEP_MS}
          value={chosen}
          onInput={({ currentTarget }) => choose(currentTarget.valueAsNumber)}
        />
      </div>
      <p class="time-ends muted">
        <span>{format.dateTime(oldest)}</span>
        <span>{format.dateTime(new Date(now).toISOString())}</span>
      </p>
      <p class="time-buttons">
        <button type="button" class="button" onClick={() => choose(chosen - MINUTE_MS)}>
          {texts.earlier}
        </button>
        <button type="button" class="button" onClick={() => choose(chosen + MINUTE_MS)}>
          {texts.later}
        </button>
        <button type="button" class="button" onClick={() => onChoose(undefined)}>
          {texts.now}
        </button>
      </p>
    </div>
  );
}
