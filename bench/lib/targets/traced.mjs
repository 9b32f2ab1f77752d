import { once } from 'node:events';
import { createServer } from 'node:http';
import { gatewayTarget } from './gateway.mjs';

/** This gateway with traces, of which a collector in the process of the bench receives a share. @param share 0 to 1 */
export function tracedTarget({ name, title, share }) {
  const settings = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: String(share) };
  return {
    ...gatewayTarget({ name, title, dataPlane: 'wire' }),
    async start(context) {
      const endpoint = await startCollector();
      const traced = { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
      return gatewayTarget({ name, title, dataPlane: 'wire', settings: traced }).start(context);
    },
  };
}

/** Discards what it receives. */
async function startCollector() {
  const server = createServer((request, response) => request.resume().once('end', () => response.end()));
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}
