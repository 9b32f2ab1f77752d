import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Footer } from './shell/footer';
import { Header } from './shell/header';
import { TEXTS } from './shell/texts';
import { Verdict } from './shell/verdict';
import { isOver } from './state/attention-order';
import { useLiveState, type LiveState } from './state/live-state';
import { useLocation, type ViewName } from './state/location';
import { initialLanguage, LanguageContext, storeLanguage, useTexts, type Language } from './text/language';
import { View as Events } from './views/events';
import { View as Explain } from './views/explain';
import { View as Overview } from './views/overview';
import { View as Routes } from './views/routes';
import { View as Services } from './views/services';
import { View as Time } from './views/time';
import { View as Topology } from './views/topology';
import type { ViewProps } from './views/view-props';

const COMPONENTS: Readonly<Record<ViewName, FunctionComponent<ViewProps>>> = {
  overview: Overview,
  services: Services,
  topology: Topology,
  routes: Routes,
  explain: Explain,
  events: Events,
  time: Time,
};

/** The dashboard: one view at a time over one live state. */
export function App() {
  const live = useLiveState();
  const { view } = useLocation();
  const [language, setLanguage] = useState(initialLanguage);
  useTitle(live, TEXTS[language].views[view]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const changeLanguage = (): void => {
    const chosen: Language = language === 'en' ? 'ko' : 'en';
    storeLanguage(chosen);
    setLanguage(chosen);
  };
  return (
    <LanguageContext.Provider value={language}>
      <a class="skip-link" href="#content" onClick={focusContent}>
        {TEXTS[language].skip}
      </a>
      <Header live={live} view={view} onLanguage={changeLanguage} />
      <Verdict live={live} />
      <Content live={live} view={view} />
      {live.state && <Footer state={live.state} />}
    </LanguageContext.Provider>
  );
}

/** The hash names the view, so a link to `#content` would leave it. */
function focusContent(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

interface ContentProps {
  readonly live: LiveState;
  readonly view: ViewName;
}

function Content({ live: { state, connection }, view }: ContentProps) {
  const texts = useTexts(TEXTS);
  const View = COMPONENTS[view];
  return (
    <main id="content" class="view" tabIndex={-1}>
      <h1 class="visually-hidden">{texts.views[view]}</h1>
      {state && <View live={{ state, connection }} />}
    </main>
  );
}

/** The tab shows how many things need attention. */
function useTitle({ state }: LiveState, view: string): void {
  const name = state?.gateway.name ?? 'msa-gateway';
  const count = Object.values(state?.attention ?? {}).filter((item) => !isOver(item)).length;
  useEffect(() => {
    document.title = `${count === 0 ? '' : `(${count}) `}${view} · ${name}`;
  }, [count, view, name]);
}
