import { useEffect, useState } from 'preact/hooks';

/** The views of the dashboard; `#/NAME?…` shows one. */
export const VIEWS = ['overview', 'services', 'topology', 'routes', 'explain', 'events', 'time'] as const;
export type ViewName = (typeof VIEWS)[number];

interface Location {
  readonly view: ViewName;
  readonly query: URLSearchParams;
}

function locationOf(hash: string): Location {
  const [name, query] = hash.replace(/^#\/?/, '').split('?', 2);
  return { view: VIEWS.find((view) => view === name) ?? 'overview', query: new URLSearchParams(query) };
}

export function useLocation(): Location {
  const [location, setLocation] = useState(() => locationOf(window.location.hash));
  useEffect(() => {
    const follow = (): void => setLocation(locationOf(window.location.hash));
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return location;
}

/** Link to a view, for `href`. */
export const linkTo = (view: ViewName, query: Readonly<Record<string, string>> = {}): string => {
  const text = new URLSearchParams(query).toString();
  return `#/${view}${text === '' ? '' : `?${text}`}`;
};
