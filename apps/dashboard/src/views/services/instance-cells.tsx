import type { AttentionItem, InstanceState } from '#contracts';
import { Ago } from '../../components/ago';
import { Bar } from '../../components/bar';
import type { IconName } from '../../components/icon';
import { Reason } from '../../components/reason';
import { StatusBadge } from '../../components/status-badge';
import { useFormat, useTexts } from '../../text/language';
import { leaseUse } from './lease-use';
import { TEXTS } from './texts';

export interface CellProps {
  readonly instance: InstanceState;
  /** The gateway's time. */
  readonly now: string;
}

export function NameCell({ id, instance }: { readonly id: string; readonly instance: InstanceState }) {
  const texts = useTexts(TEXTS);
  return (
    <span class="stacked">
      <span>
        {id}{' '}
        {instance.transport === 'local' && (
          <span class="tag" title={texts.localTitle}>
            {texts.local}
          </span>
        )}
      </span>
      <span class="muted mono">{instance.url}</span>
    </span>
  );
}

const ICONS: Readonly<Partial<Record<InstanceState['status'], IconName>>> = {
  starting: 'starting',
  draining: 'draining',
};

export interface StatusCellProps extends CellProps {
  readonly attention?: AttentionItem | undefined;
}

/** Status, and why the instance is in that status or receives no requests. */
export function StatusCell({ instance, attention, now }: StatusCellProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const { status, statusReason, condition, isInRotation } = instance;
  const found = attention ? texts.attention[attention.kind] : undefined;
  const remark =
    found !== undefined && attention?.endedAt !== undefined
      ? texts.until(found, format.relative(attention.endedAt, now))
      : found;
  const isUnused = (status === 'up' || status === 'starting') && !isInRotation;
  return (
    <span class="stacked">
      <StatusBadge
        condition={condition === 'ok' && status !== 'up' ? 'neutral' : condition}
        {...(ICONS[status] && { icon: ICONS[status] })}
      >
        {[texts.statusName[status], remark ?? (isUnused ? texts.notInRotation : undefined)]
          .filter((part) => part !== undefined)
          .join(' · ')}
      </StatusBadge>
      <span class="muted small">
        {attention ? <Reason item={attention} /> : <span lang="en">{statusReason}</span>}
      </span>
    </span>
  );
}

export interface HeartbeatCellProps extends CellProps {
  readonly isRegistryUp: boolean;
}

/** Age of the last heartbeat, and as a bar the part of the lease that it has used up. */
export function HeartbeatCell({ instance, now, isRegistryUp }: HeartbeatCellProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const { share, condition } = leaseUse(instance, now, isRegistryUp);
  const age = format.relative(instance.lastHeartbeatAt, now);
  const ttl = format.duration(instance.ttlSeconds * 1000);
  const end = format.relative(instance.expiresAt, now);
  return (
    <span class="measured" title={texts.heartbeatOf(age, ttl, end)}>
      <Ago at={instance.lastHeartbeatAt} now={now} />
      <Bar share={share} condition={condition} />
    </span>
  );
}

export function CheckCell({ instance: { lastProbe } }: { readonly instance: InstanceState }) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  if (!lastProbe) return <span class="muted">{texts.noCheck}</span>;
  if (!lastProbe.ok) return <StatusBadge condition="critical">{texts.checkFailed}</StatusBadge>;
  return <>{format.duration(lastProbe.latencyMs)}</>;
}

export function ShareCell({ instance: { share } }: { readonly instance: InstanceState }) {
  const format = useFormat();
  return (
    <span class="measured">
      <span>{format.percent(share)}</span>
      <Bar share={share} />
    </span>
  );
}
