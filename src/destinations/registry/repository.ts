import type * as http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRepository, type RepositoryAddress } from '../../core/backup/repositoryAddress';
import { Cancelled, Failure } from '../../core/failure';
import { Authorization, type Action } from './authorization';
import { dockerLogins, type FindLogin } from './dockerConfig';
import { explain, isPassing, Refusal, type Attempt } from './explain';
import { discard, sendFollowing, type Question } from './http';

export interface RegistryOptions {
  /** As for `docker push`, without a tag. */
  repository: string;
  /** How long a silence is borne, of each of three attempts. */
  silentMs?: number;
  findLogin?: FindLogin;
}

export interface Request extends Omit<Question, 'headers'> {
  signal: AbortSignal;
  kind: Attempt['kind'];
  /** Below the repository, `/tags/list`, or an address that the registry has given. */
  at: string | URL;
  action: Action;
  /** The file that it is about, for people. */
  file?: string;
  headers?: Record<string, string | number>;
  /** What it may answer; everything else is a refusal. */
  expect: readonly number[];
  /** For what takes a registry its time. */
  silentMs?: number;
}

const tries = 3;
const pauseMs = 500;

/** A repository of a registry, and the way there: its protocol (distribution spec), and who the user is. */
export class Repository {
  readonly silentMs: number;
  private readonly address: RepositoryAddress;
  private readonly authorization: Authorization;

  constructor({ repository, silentMs = 20_000, findLogin = dockerLogins() }: RegistryOptions) {
    const address = readRepository(repository);
    if (!address) {
      const reason = 'not a repository, as in “registry.example.com/team/backups”';
      throw new Failure('destinationNotReached', { destination: repository.replace(/\/\/.*@/, '//'), reason });
    }
    this.address = address;
    this.silentMs = silentMs;
    this.authorization = new Authorization(address, findLogin, silentMs);
  }

  get host(): string {
    return this.address.host;
  }

  /** For people. */
  addressOf(file?: string): string {
    const { host, path } = this.address;
    return [host, path, ...(file === undefined ? [] : [file])].join('/');
  }

  /** Rejects as a Destination does. Tried again while it may help. */
  async ask(request: Request): Promise<http.IncomingMessage> {
    for (let left = tries; ;) {
      try {
        return await this.askOnce(request);
      } catch (error) {
        if (!isPassing(error) || --left === 0) throw error;
        await sleep((tries - left) * pauseMs, undefined, { signal: request.signal }).catch(() => {
          throw new Cancelled();
        });
      }
    }
  }

  async askOnce(request: Request): Promise<http.IncomingMessage> {
    const { signal, expect } = request;
    if (signal.aborted) throw new Cancelled();
    try {
      const answer = await this.send(request);
      if (expect.includes(answer.statusCode!)) return answer;
      throw await Refusal.of(answer);
    } catch (error) {
      throw signal.aborted ? new Cancelled() : this.explained(error, request);
    }
  }

  /** What goes along with a request to the registry that is made elsewhere. */
  async headersFor(url: URL, action: Action, signal: AbortSignal): Promise<Record<string, string>> {
    const authorization = this.isOurs(url) ? await this.authorization.header(action, signal) : undefined;
    return authorization === undefined ? {} : { authorization };
  }

  explained(error: unknown, { kind, file }: Pick<Request, 'kind' | 'file'>): Error {
    const attempt = { kind, file: this.addressOf(file), destination: this.addressOf() };
    return explain(error, attempt, this.authorization.secrets);
  }

  urlOf(at: string | URL): URL {
    return typeof at === 'string' ? new URL(`/v2/${this.address.path}${at}`, this.address.origin) : at;
  }

  /** Where an upload goes on. Registries behind a proxy may not know that they are spoken with in secret. */
  locationIn({ headers }: http.IncomingMessage, asked: URL): URL {
    const next = new URL(headers.location ?? '', asked);
    if (next.host === asked.host && asked.protocol === 'https:') next.protocol = 'https:';
    return next;
  }

  private async send({ method, at, action, headers, body, signal, silentMs = this.silentMs }: Request) {
    const url = this.urlOf(at);
    const question = (extra: Record<string, string>) => ({ method, headers: { ...headers, ...extra }, body, signal });
    const answer = await sendFollowing(url, question(await this.headersFor(url, action, signal)), silentMs);
    if (answer.statusCode !== 401 || !this.isOurs(url)) return answer;
    const authorization = await this.authorization.respond(answer.headers['www-authenticate'], action, signal);
    if (authorization === undefined) return answer;
    discard(answer);
    return await sendFollowing(url, question({ authorization }), silentMs);
  }

  private isOurs(url: URL): boolean {
    return url.origin === new URL(this.address.origin).origin;
  }
}
