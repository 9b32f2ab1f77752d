import { SERVICES } from '../../lib/services.mjs';
import { hasMembers, hasStatus, hasType, satisfies, isProblem } from '../expect.mjs';

/** The endpoints that every service has. */
export async function services({ client, report }) {
  for (const name of SERVICES)
    await report.group(name, async (group) => {
      const api = `/api/${name}`;
      await group.need(`GET ${api}/health returns {status, info, error, details}`, async () =>
        hasMembers(
          hasStatus(await client.get(`${api}/health`), 200).json,
          'status',
          'info',
          'error',
          'details',
        ),
      );
      for (const path of ['/health/live', '/health/ready'])
        await group.check(`GET ${api}${path} returns 200`, async () =>
          hasStatus(await client.get(api + path), 200),
        );
      await group.check(`GET ${api}/metrics returns Prometheus text`, async () => {
        const { text } = hasType(hasStatus(await client.get(`${api}/metrics`), 200), 'text/plain');
        satisfies(/^# TYPE /m.test(text), 'lines "# TYPE name kind"', text);
      });
      await group.check(`GET ${api}/docs shows Swagger UI`, async () =>
        hasType(hasStatus(await client.get(`${api}/docs`), 200), 'text/html'),
      );
      await group.check(`GET ${api}/docs-json returns an OpenAPI document`, async () =>
        hasMembers(hasStatus(await client.get(`${api}/docs-json`), 200).json, 'openapi', 'info', 'paths'),
      );
      await group.check(`GET ${api} alone is forwarded as /`, async () => {
        const { instance } = isProblem(await client.get(api), 404);
        satisfies(instance === '/', 'the service to see the path /', instance);
      });
    });
}
