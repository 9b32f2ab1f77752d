import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { ROOT } from '#testing';

const FOLDER = join(ROOT, 'docker/k8s');
const KUSTOMIZATION = 'kustomization.yaml';

interface Probe {
  readonly httpGet?: { readonly path: string };
}

export interface Container {
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly resources: object;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: object;
  readonly containers: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly secret?: { readonly secretName: string };
    readonly projected?: { readonly sources: readonly { readonly secret: { readonly name: string } }[] };
  }[];
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly strategy?: object;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly scaleTargetRef?: { readonly name: string };
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
    readonly rules?: readonly { readonly http: { readonly paths: readonly { readonly path: string }[] } }[];
  };
}

const textOf = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** Files of the folder, except the kustomization. */
export const manifestFiles = (): readonly string[] =>
  readdirSync(FOLDER).filter((file) => file.endsWith('.yaml') && file !== KUSTOMIZATION);

/** Every manifest of the folder. */
export const readManifests = (): readonly Manifest[] =>
  manifestFiles().flatMap((file) =>
    parseAllDocuments(textOf(file)).map((document) => document.toJS() as Manifest),
  );

export const readKustomization = () =>
  parse(textOf(KUSTOMIZATION)) as {
    readonly resources: readonly string[];
    readonly images: readonly { readonly name: string }[];
  };
