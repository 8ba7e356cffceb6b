import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStorageConfig as Configured } from '../../core/backup/destinationConfig';
import { Cancelled } from '../../core/failure';
import { type Attempt, explain } from './explain';
import type * as sdkTypes from './sdk';

/** Without keys, those of the user's AWS configuration are used: of the profile, where one is named. */
export type ObjectStorageConfig = Omit<Configured, 'type'> & { accessKeyId?: string; secretAccessKey?: string };

/** How long it is waited, of each of three attempts. */
export interface Timeouts {
  /** For anything to come. */
  silentMs: number;
  /** For a storage to make one object of parts: some copy all of the bytes before they say a word. */
  completeMs: number;
  /** For that object to be there, when no answer has come at all. */
  unclearMs: number;
}

const usual: Timeouts = { silentMs: 20_000, completeMs: 600_000, unclearMs: 30_000 };

type Sdk = typeof sdkTypes;
type Work<T> = (s3: S3Client, sdk: Sdk, options: { abortSignal: AbortSignal }) => Promise<T>;

/** The place in a storage, and the way there. */
export class Bucket {
  readonly name: string;
  private readonly prefix: string;
  private readonly secrets = new Set<string>();
  /** By the silence that they bear. */
  private readonly clients = new Map<number, Promise<[S3Client, Sdk]>>();
  readonly timeouts: Timeouts;

  constructor(
    private readonly config: ObjectStorageConfig,
    timeouts: Partial<Timeouts> = {},
  ) {
    this.timeouts = { ...usual, ...timeouts };
    this.name = config.bucket;
    const path = (config.prefix ?? '').replace(/^\/+|\/+$/g, '');
    this.prefix = path && `${path}/`;
    this.keepSecret(config.accessKeyId, config.secretAccessKey);
  }

  /** Of a file in it; of the place itself without a name. */
  keyOf(name = ''): string {
    // A listing of somebody else's names no way out of it.
    if (name.includes('/')) throw new Error(`not the name of a file: ${name}`);
    return this.prefix + name;
  }

  nameOf(key: string): string {
    return key.slice(this.prefix.length);
  }

  /** For people. */
  addressOf(name = ''): string {
    const path = `${this.name}/${this.keyOf(name)}`;
    const { endpoint } = this.config;
    if (endpoint === undefined) return `s3://${path}`;
    // Without what else may be in an address: a user with a password.
    return `${URL.canParse(endpoint) ? new URL(endpoint).origin : 's3:/'}/${path}`;
  }

  /** One request, or several, about a file or (without a name) the place; rejects as a Destination does. */
  async request<T>(
    kind: Attempt['kind'],
    name: string,
    signal: AbortSignal,
    work: Work<T>,
    silentMs = this.timeouts.silentMs,
  ): Promise<T> {
    if (signal.aborted) throw new Cancelled();
    try {
      const [s3, sdk] = await this.client(silentMs);
      return await work(s3, sdk, { abortSignal: signal });
    } catch (error) {
      if (signal.aborted) throw new Cancelled();
      throw this.explained(error, kind, name);
    }
  }

  explained(error: unknown, kind: Attempt['kind'], name: string): Error {
    const attempt = { kind, file: this.addressOf(name), destination: this.addressOf() };
    return explain(error, attempt, [...this.secrets]);
  }

  private client(silentMs: number): Promise<[S3Client, Sdk]> {
    const client = this.clients.get(silentMs) ?? this.connect(silentMs);
    this.clients.set(silentMs, client);
    return client;
  }

  private async connect(silentMs: number): Promise<[S3Client, Sdk]> {
    const sdk = await import('./sdk');
    const { endpoint, region, pathStyle, profile, accessKeyId, secretAccessKey } = this.config;
    const chain = sdk.fromNodeProviderChain({ ...(profile && { profile }) });
    const client = new sdk.S3Client({
      ...(endpoint && { endpoint }),
      ...(profile && { profile }),
      // Storages of others have none, and take this one's name for it.
      ...((region || endpoint) && { region: region || 'us-east-1' }),
      forcePathStyle: pathStyle ?? endpoint !== undefined,
      followRegionRedirects: true,
      credentials:
        accessKeyId !== undefined && secretAccessKey !== undefined
          ? { accessKeyId, secretAccessKey }
          : async () => {
              const found = await chain();
              this.keepSecret(found.accessKeyId, found.secretAccessKey, found.sessionToken);
              return found;
            },
      maxAttempts: 3,
      requestHandler: {
        connectionTimeout: this.timeouts.silentMs / 2,
        socketTimeout: silentMs,
      },
    });
    return [client, sdk];
  }

  private keepSecret(...values: (string | undefined)[]): void {
    for (const value of values) if (value) this.secrets.add(value);
  }
}
