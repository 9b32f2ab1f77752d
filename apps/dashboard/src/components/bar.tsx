import type { Condition } from '#contracts';

export interface BarProps {
  /** 0 to 1. */
  readonly share: number;
  readonly condition?: Condition;
}

/** A share as a bar; decorative, the figure stands beside it. */
export const Bar = ({ share, condition = 'ok' }: BarProps) => (
  <span class={`bar is-${condition}`} aria-hidden="true">
    <span style={{ width: `${Math.round(Math.min(Math.max(share, 0), 1) * 100)}%` }} />
  </span>
);
