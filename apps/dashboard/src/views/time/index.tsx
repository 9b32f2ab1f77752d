import type { RegistryAt, Timeline, TimelineChange } from '#contracts';
import { EmptyState } from '../../components/empty-state';
import { Panel } from '../../components/panel';
import { ReadProblem } from '../../components/read-problem';
import { Table, type Column } from '../../components/table';
import { linkTo, useLocation } from '../../state/location';
import { useJson } from '../../state/use-json';
import { useFormat, useTexts } from '../../text/language';
import type { ViewProps } from '../view-props';
import { compareTimes } from './differences';
import { Instances } from './instances';
import { Slider } from './slider';
import { TEXTS } from './texts';
import './time.css';

const RECORD = '/discovery/at';

/** The registry as it was at a time in the past. */
export function View({ live: { state } }: ViewProps) {
  const texts = useTexts(TEXTS);
  const chosen = useLocation().query.get('t');
  // What changes the record also changes the instances.
  const { result: timeline, again } = useJson<Timeline>('/discovery/timeline', state.instances);
  if (!timeline) return <p class="muted">{texts.reading}</p>;
  if (timeline.problem)
    return (
      <Panel title={texts.title} isFlush>
        <ReadProblem problem={timeline.problem} onToken={again} />
      </Panel>
    );
  return <Record timeline={timeline.value} chosen={chosen} now={state.at} />;
}

interface RecordProps {
  readonly timeline: Timeline;
  /** ISO 8601; `null`: now. */
  readonly chosen: string | null;
  /** ISO 8601, of the gateway's clock. */
  readonly now: string;
}

function Record({ timeline, chosen, now }: RecordProps) {
  const texts = useTexts(TEXTS);
  const latest = now > timeline.newest ? now : timeline.newest;
  const at = chosen ?? latest;
  const { result: present } = useJson<RegistryAt>(RECORD, timeline);
  const { result: past } = useJson<RegistryAt>(
    chosen === null ? undefined : `${RECORD}?t=${encodeURIComponent(chosen)}`,
  );
  const then = chosen === null ? present : past;
  return (
    <>
      <Panel title={texts.title}>
        <p class="muted">{texts.hint}</p>
        <Slider timeline={timeline} now={Date.parse(latest)} chosen={Date.parse(at)} onChoose={follow} />
        <p class="time-links">
          <a href={linkTo('explain', chosen === null ? {} : { at: chosen })}>{texts.explain}</a>
          {typeof then?.value?.revision === 'string' && (
            <span class="muted">
              {texts.revision} <span class="mono">{then.value.revision}</span>
            </span>
          )}
        </p>
      </Panel>
      <Panel title={texts.instances} isFlush>
        {then?.problem && <ReadProblem problem={then.problem} onToken={() => undefined} />}
        {then?.value && (
          <Instances compared={compareTimes(then.value.instances, present?.value?.instances ?? [])} />
        )}
      </Panel>
      <Panel title={texts.changes} isFlush>
        <Changes changes={timeline.changes.filter((change) => change.at <= at).reverse()} />
      </Panel>
    </>
  );
}

/** The address is replaced: moving the slider adds nothing to the history of the browser. */
function follow(ms: number | undefined): void {
  const query: Record<string, string> = ms === undefined ? {} : { t: new Date(ms).toISOString() };
  window.history.replaceState(null, '', linkTo('time', query));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function Changes({ changes }: { readonly changes: readonly TimelineChange[] }) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const columns: readonly Column<TimelineChange>[] = [
    { label: texts.change, render: ({ type }) => type },
    {
      label: texts.time,
      render: ({ at }) => <a href={linkTo('time', { t: at })}>{format.time(at)}</a>,
    },
    {
      label: texts.subject,
      render: ({ kind, service, instanceId, revision }) =>
        kind === 'policy' ? (
          <>
            {texts.policyFile} <span class="mono muted">{revision}</span>
          </>
        ) : (
          <>
            {service} <span class="mono muted">{instanceId}</span>
          </>
        ),
    },
    { label: texts.reason, isWide: true, render: ({ reason }) => reason },
  ];
  if (changes.length === 0) return <EmptyState title={texts.noChange} />;
  return (
    <Table
      caption={texts.changesCaption}
      columns={columns}
      rows={changes}
      keyOf={({ at, type, instanceId, revision }) => `${at} ${type} ${instanceId ?? revision ?? ''}`}
    />
  );
}
