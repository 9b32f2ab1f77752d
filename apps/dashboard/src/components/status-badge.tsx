import type { ComponentChildren } from 'preact';
import type { Condition } from '#contracts';
import { Icon, type IconName } from './icon';

export interface StatusBadgeProps {
  readonly condition: Condition | 'neutral';
  /** Replaces the icon of the condition. */
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}

/** A condition as icon, colour and text. */
export const StatusBadge = ({ condition, icon, children }: StatusBadgeProps) => (
  <span class={`badge is-${condition}`}>
    <Icon name={icon ?? condition} />
    {children}
  </span>
);
