import type { AttentionItem, AttentionKind, DashboardState } from '#contracts';
import { Ago } from '../../components/ago';
import { Icon } from '../../components/icon';
import { Panel } from '../../components/panel';
import { Reason } from '../../components/reason';
import { attentionInOrder } from '../../state/attention-order';
import { linkTo } from '../../state/location';
import { attentionStep, attentionTitle } from '../../text/attention';
import { useLanguage, useTexts } from '../../text/language';
import { TEXTS } from './texts';

/** What needs attention, why, since when, and the next step to take. */
export function AttentionList({ attention, at }: Pick<DashboardState, 'attention' | 'at'>) {
  const texts = useTexts(TEXTS);
  const items = attentionInOrder(attention);
  return (
    <Panel title={texts.attention} isFlush>
      <ul class="attention">
        {items.map((item) => (
          <Item key={`${item.kind} ${item.subject}`} item={item} now={at} />
        ))}
      </ul>
    </Panel>
  );
}

function Item({ item, now }: { readonly item: AttentionItem; readonly now: string }) {
  const texts = useTexts(TEXTS);
  const language = useLanguage();
  const title = attentionTitle(item, language);
  return (
    <li class={item.endedAt === undefined ? `attention-item is-${item.condition}` : 'attention-item'}>
      <Icon name={item.endedAt === undefined ? item.condition : 'neutral'} />
      <div>
        <h3>
          <Title item={item} text={title} />
        </h3>
        <p>
          <Reason item={item} />
        </p>
        <p class="muted">{attentionStep(item, language)}</p>
      </div>
      <p class="attention-time muted small">
        <span>
          <span class="visually-hidden">{texts.since} </span>
          <Ago at={item.since} now={now} />
        </span>
        {item.endedAt !== undefined && (
          <span>
            {texts.over} <Ago at={item.endedAt} now={now} />
          </span>
        )}
        <a href={linkTo('time', { t: item.since })}>{texts.before}</a>
      </p>
    </li>
  );
}

/** What the policy file declares. */
const OF_POLICIES: readonly AttentionKind[] = ['mirror-differs', 'provider-unavailable', 'reload-failed'];

/** Links to what the item is about, if a view has it. */
function Title({
  item: { kind, subject, service },
  text,
}: {
  readonly item: AttentionItem;
  readonly text: string;
}) {
  if (OF_POLICIES.includes(kind)) return <a href={linkTo('routes')}>{text}</a>;
  return service === '' ? <>{text}</> : <a href={linkTo('services', { filter: subject })}>{text}</a>;
}
