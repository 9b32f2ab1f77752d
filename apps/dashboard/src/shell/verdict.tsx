import type { DashboardState } from '#contracts';
import { Icon } from '../components/icon';
import type { LiveState } from '../state/live-state';
import { attentionInOrder, isOver } from '../state/attention-order';
import { linkTo } from '../state/location';
import { attentionTitle } from '../text/attention';
import { useLanguage, useTexts } from '../text/language';
import { TEXTS } from './texts';

/** Whether anything is wrong, in one line; spoken when it changes. */
export function Verdict({ live: { state, connection } }: { readonly live: LiveState }) {
  const texts = useTexts(TEXTS);
  if (state === undefined) return <Line condition="neutral" summary={texts.waiting} />;
  if (connection === 'lost') return <Line condition="critical" summary={texts.lost} />;
  return <StateLine state={state} />;
}

function StateLine({ state }: { readonly state: DashboardState }) {
  const texts = useTexts(TEXTS);
  const language = useLanguage();
  const items = attentionInOrder(state.attention);
  const [first] = items;
  if (first === undefined) {
    const isEmpty = Object.keys(state.services).length === 0;
    return isEmpty ? (
      <Line condition="neutral" summary={texts.nothingRegistered} />
    ) : (
      <Line condition="ok" summary={texts.allWell} />
    );
  }
  const lasting = items.filter((item) => !isOver(item));
  const titlesOf = (listed: typeof items): readonly string[] =>
    listed.map((item) => attentionTitle(item, language));
  if (lasting.length === 0)
    return <Line condition="warning" summary={`${texts.over(items.length)}:`} details={titlesOf(items)} />;
  const summary = `${texts.attention(lasting.length)}:`;
  return <Line condition={first.condition} summary={summary} details={titlesOf(lasting)} />;
}

interface LineProps {
  readonly condition: 'ok' | 'warning' | 'critical' | 'neutral';
  readonly summary: string;
  readonly details?: readonly string[];
}

/** Titles beyond these are counted in the summary alone. */
const TITLES_SHOWN = 4;

function Line({ condition, summary, details = [] }: LineProps) {
  const texts = useTexts(TEXTS);
  const shown = details.slice(0, TITLES_SHOWN);
  const rest = `${texts.listed(shown)}${details.length > shown.length ? ' …' : ''}`;
  return (
    <section class={`verdict is-${condition}`} aria-label={texts.verdict}>
      <Icon name={condition} />
      <p role="status">
        {details.length > 0 ? <a href={linkTo('overview')}>{summary}</a> : summary}{' '}
        <span class="rest">{rest}</span>
      </p>
    </section>
  );
}
