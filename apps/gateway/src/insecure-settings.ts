/** The settings that can be too weak. */
interface Settings {
  readonly registryToken: string | undefined;
  readonly trustedProxies: readonly string[];
}

/** Shorter ones can be guessed by trying. */
const TOKEN_CHARACTERS = 16;

type Rule = readonly [isInsecure: (settings: Settings) => boolean, problem: string];

const RULES: readonly Rule[] = [
  [
    ({ registryToken }) => (registryToken?.length ?? 0) < TOKEN_CHARACTERS,
    `REGISTRY_TOKEN must be a secret of at least ${TOKEN_CHARACTERS} characters in production`,
  ],
  [
    // Whoever is believed about where a request came from can write another's name under it.
    ({ trustedProxies }) => trustedProxies.some((range) => range.endsWith('/0')),
    'TRUSTED_PROXIES must not name the whole internet in production',
  ],
];

/** What is too weak for production, a sentence each that starts with the name of the variable. */
export const insecureSettings = (settings: Settings): readonly string[] =>
  RULES.filter(([isInsecure]) => isInsecure(settings)).map(([, problem]) => problem);
