import { useEffect, useRef } from 'preact/hooks';
import { linkTo, VIEWS, type ViewName } from '../state/location';
import { useTexts } from '../text/language';
import { TEXTS } from './texts';

/** Links to the views. On a phone the row scrolls, and the present view is scrolled into sight. */
export function Navigation({ current }: { readonly current: ViewName }) {
  const texts = useTexts(TEXTS);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => link.current?.scrollIntoView({ block: 'nearest', inline: 'center' }), [current]);
  return (
    <nav class="navigation" aria-label={texts.navigation}>
      <ul>
        {VIEWS.map((view) => (
          <li key={view}>
            <a
              ref={view === current ? link : undefined}
              href={linkTo(view)}
              aria-current={view === current ? 'page' : undefined}
            >
              {texts.views[view]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
