import type { ComponentChildren } from 'preact';
import type { Condition } from '#contracts';

/** Key figures side by side. */
export const Figures = ({ children }: { readonly children: ComponentChildren }) => (
  <dl class="figures">{children}</dl>
);

export interface FigureProps {
  readonly label: string;
  readonly value: string;
  /** Unit beside the value. */
  readonly unit?: string;
  readonly condition?: Condition;
  /** Where more is said about it. */
  readonly href?: string;
}

/** One key figure, inside {@link Figures}. */
export const Figure = ({ label, value, unit, condition = 'ok', href }: FigureProps) => (
  <div class="figure">
    <dt>{href === undefined ? label : <a href={href}>{label}</a>}</dt>
    <dd class={condition === 'ok' ? '' : `is-${condition}`}>
      {value}
      {unit !== undefined && <span class="unit"> {unit}</span>}
    </dd>
  </div>
);
