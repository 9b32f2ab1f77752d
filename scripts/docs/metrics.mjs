import { headerOf } from './words.mjs';

const DEPRECATED = 'Deprecated: ';

/** The metrics of the gateway, of the services, and the deprecated ones of the gateway. Their help is in English. */
export const metrics = { groups: ['gateway', 'services', 'deprecated'], table };

function table(group, language, system) {
  const families = system.metrics[group === 'services' ? group : 'gateway'].filter(
    ({ help }) => help.startsWith(DEPRECATED) === (group === 'deprecated'),
  );
  const rows = families.map(({ name, labels, type, help }) => [
    `\`${name}${labels.length > 0 ? `{${labels.join(',')}}` : ''}\``,
    type,
    language === 'en' ? help.replace(DEPRECATED, '') : undefined,
  ]);
  return { header: headerOf(language, 'series', 'type', 'meaning'), rows };
}
