import { useEffect, useState } from 'preact/hooks';

type Theme = 'light' | 'dark';

const STORED = 'theme';
const CHANGED = 'themechange';
const isSystemDark = matchMedia('(prefers-color-scheme: dark)');

const storedTheme = (): Theme | undefined => {
  const stored = localStorage.getItem(STORED);
  return stored === 'light' || stored === 'dark' ? stored : undefined;
};

const presentTheme = (): Theme => storedTheme() ?? (isSystemDark.matches ? 'dark' : 'light');

/** The theme that is shown: the one chosen before, or that of the operating system. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(presentTheme);
  useEffect(() => {
    const follow = (): void => setTheme(presentTheme());
    isSystemDark.addEventListener('change', follow);
    window.addEventListener(CHANGED, follow);
    return () => {
      isSystemDark.removeEventListener('change', follow);
      window.removeEventListener(CHANGED, follow);
    };
  }, []);
  return theme;
}

/** Shows the other theme, now and on later visits. */
export function toggleTheme(): void {
  localStorage.setItem(STORED, presentTheme() === 'light' ? 'dark' : 'light');
  applyStoredTheme();
  window.dispatchEvent(new Event(CHANGED));
}

/** Applies the theme that was chosen before; without one the operating system decides. */
export function applyStoredTheme(): void {
  const theme = storedTheme();
  if (theme !== undefined) document.documentElement.dataset.theme = theme;
}
