import type { Instance, ServiceEntry } from '../discovery/index.js';
import { html, type Html } from './html.js';
import { LINKS } from './links.js';
import { STYLE_ELEMENT } from './style.js';

/** Properties of the gateway on the page. */
export interface GatewayFacts {
  readonly name: string;
  readonly version: string;
  readonly environment: string;
  /** Seconds. */
  readonly uptime: number;
}

const REFRESH_SECONDS = 5;
/** A service may have thousands of instances: the page is an overview, `/discovery/services` lists them all. */
const MAX_INSTANCES_SHOWN = 50;

const iso = (ms: number): string => new Date(ms).toISOString();

const since = (expiredAt: number | undefined): string =>
  expiredAt === undefined ? '' : ` (since ${iso(expiredAt)})`;

const instanceRow = ({ id, url, status, statusReason, expiredAt, version, transport }: Instance): Html =>
  html` <tr>
    <td><code>${id}</code><br /><small>${transport === 'local' ? 'in this process' : url}</small></td>
    <td>${version}</td>
    <td><span class="${status}">${status}</span><br /><small>${statusReason}${since(expiredAt)}</small></td>
  </tr>`;

const moreInstances = (count: number): Html =>
  count > 0 ? html`<p>and ${count} more at <a href="${LINKS.instances}">${LINKS.instances}</a></p>` : html``;

const instanceTable = (instances: readonly Instance[]): Html =>
  html` <table>
      <tr>
        <th>instance</th>
        <th>version</th>
        <th>status</th>
      </tr>
      ${instances.slice(0, MAX_INSTANCES_SHOWN).map(instanceRow)}
    </table>
    ${moreInstances(instances.length - MAX_INSTANCES_SHOWN)}`;

const lastSeen = (at: number | undefined): Html =>
  at === undefined ? html`` : html` · <span class="down">no live instance since ${iso(at)}</span>`;

const serviceSection = ({ name, instances, available, lastSeenAt }: ServiceEntry): Html =>
  html` <h2>${name}</h2>
    <p>
      <code>/api/${name}/</code> · ${available.length} of ${instances.length} in
      rotation${lastSeen(lastSeenAt)}
    </p>
    ${instances.length > 0 ? instanceTable(instances) : html``}`;

const hasNoPlaceholder = (link: string): boolean => !link.includes('{');
const NOT_LISTED: readonly string[] = [LINKS.self, LINKS.register, LINKS.cleanup, LINKS.purge];
const isBrowsable = (link: string): boolean => hasNoPlaceholder(link) && !NOT_LISTED.includes(link);

const noServices = html`<p>
  No service is registered yet. Register an instance with <code>POST ${LINKS.register}</code>.
</p>`;

/** The page for browsers at `/`. */
export function page(facts: GatewayFacts, services: readonly ServiceEntry[]): string {
  const links = Object.values(LINKS).filter(isBrowsable);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="refresh" content="${REFRESH_SECONDS}" />
        <title>${facts.name}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <h1>${facts.name}</h1>
        <p>version ${facts.version} · ${facts.environment} · up for ${facts.uptime} s</p>
        ${services.length > 0 ? services.map(serviceSection) : noServices}
        <h2>Endpoints</h2>
        <ul>
          ${links.map((link) => html`<li><a href="${link}">${link}</a></li>`)}
        </ul>
      </body>
    </html>`.text;
}
