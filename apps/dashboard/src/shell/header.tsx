import { Icon } from '../components/icon';
import { StatusBadge } from '../components/status-badge';
import type { Connection, LiveState } from '../state/live-state';
import type { ViewName } from '../state/location';
import { toggleTheme, useTheme } from '../state/theme';
import { useLanguage, useTexts } from '../text/language';
import { Navigation } from './navigation';
import { TEXTS } from './texts';

export interface HeaderProps {
  readonly live: LiveState;
  readonly view: ViewName;
  readonly onLanguage: () => void;
}

export const Header = ({ live: { state, connection }, view, onLanguage }: HeaderProps) => (
  <header class="header">
    <div class="brand">
      <Icon name="gateway" />
      <strong>{state?.gateway.name ?? 'msa-gateway'}</strong>
      {state && <span class="tag">{state.gateway.environment}</span>}
    </div>
    <Navigation current={view} />
    <div class="header-tools">
      <ConnectionBadge connection={connection} />
      <LanguageButton onClick={onLanguage} />
      <ThemeButton />
    </div>
  </header>
);

const CONDITIONS = { connecting: 'neutral', live: 'ok', lost: 'critical' } as const;

function ConnectionBadge({ connection }: { readonly connection: Connection }) {
  const texts = useTexts(TEXTS);
  return (
    <span class="connection">
      <StatusBadge condition={CONDITIONS[connection]} icon={connection === 'lost' ? 'lost' : 'live'}>
        <span class={connection === 'live' ? 'hidden-on-phone' : ''}>{texts.connection[connection]}</span>
      </StatusBadge>
    </span>
  );
}

function LanguageButton({ onClick }: { readonly onClick: () => void }) {
  const { otherLanguage } = useTexts(TEXTS);
  const other = useLanguage() === 'en' ? 'ko' : 'en';
  return (
    <button type="button" class="button button-plain" lang={other} onClick={onClick}>
      {otherLanguage}
    </button>
  );
}

function ThemeButton() {
  const theme = useTheme();
  const texts = useTexts(TEXTS);
  return (
    <button
      type="button"
      class="button button-plain button-icon"
      aria-label={texts.theme[theme]}
      title={texts.theme[theme]}
      onClick={toggleTheme}
    >
      <Icon name={theme === 'light' ? 'dark' : 'light'} />
    </button>
  );
}
