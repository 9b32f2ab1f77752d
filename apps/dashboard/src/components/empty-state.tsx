import type { ComponentChildren } from 'preact';

export interface EmptyStateProps {
  readonly title: string;
  /** What to do next. */
  readonly children?: ComponentChildren;
}

/** Stands where a list would be that has no entries. */
export const EmptyState = ({ title, children }: EmptyStateProps) => (
  <div class="empty">
    <strong>{title}</strong>
    {children}
  </div>
);
