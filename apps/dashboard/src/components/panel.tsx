import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface PanelProps {
  readonly title: string;
  /** Beside the title: filters, buttons. */
  readonly actions?: ComponentChildren;
  /** Whether the content reaches the panel's edges, as tables do. */
  readonly isFlush?: boolean;
  readonly children: ComponentChildren;
}

/** A titled part of a view. */
export function Panel({ title, actions, isFlush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="panel-heading">
        <h2 id={id}>{title}</h2>
        {actions !== undefined && <div class="panel-actions">{actions}</div>}
      </div>
      <div class={isFlush ? '' : 'panel-body'}>{children}</div>
    </section>
  );
}
