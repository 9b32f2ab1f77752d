import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { formatOf, type Format } from './format';
import { LANGUAGES, type Language } from './languages';

export type { Language };

/** The texts of a view: the same names in every language. A text with figures is a function. */
export type Texts<T> = Readonly<Record<Language, T>>;

/** The language of the page. */
export const LanguageContext = createContext<Language>('en');

export const useLanguage = (): Language => useContext(LanguageContext);

/** The texts of a view in the language of the page. */
export const useTexts = <T>(texts: Texts<T>): T => texts[useLanguage()];

/** How figures and times are written in the language of the page. */
export const useFormat = (): Format => formatOf(useLanguage());

const STORED = 'language';

/** The language that was chosen before, or the first one of the browser that the dashboard has. */
export function initialLanguage(): Language {
  const wanted = [localStorage.getItem(STORED) ?? '', ...navigator.languages];
  const known = wanted.map((tag) => LANGUAGES.find((language) => tag.startsWith(language)));
  return known.find((language) => language !== undefined) ?? 'en';
}

export const storeLanguage = (language: Language): void => localStorage.setItem(STORED, language);
