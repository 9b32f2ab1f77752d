import { useState } from 'preact/hooks';

export type Theme = 'light' | 'dark';

const STORED = 'theme';

function initialTheme(): Theme {
  const stored = localStorage.getItem(STORED);
  if (stored === 'light' || stored === 'dark') return stored;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** The theme that is shown: the one chosen before, or that of the operating system. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState(initialTheme);
  const toggle = (): void => {
    const chosen = theme === 'light' ? 'dark' : 'light';
    localStorage.setItem(STORED, chosen);
    document.documentElement.dataset.theme = chosen;
    setTheme(chosen);
  };
  return [theme, toggle];
}

/** Applies the theme that was chosen before, ahead of the first paint. */
export function applyStoredTheme(): void {
  const stored = localStorage.getItem(STORED);
  if (stored !== null) document.documentElement.dataset.theme = stored;
}
