import type { RepositoryAddress } from '../../core/backup/repositoryAddress';
import { LoginProblem, type FindLogin, type Login } from './dockerConfig';
import { Refusal } from './explain';
import { parseAnswer, send, textOf } from './http';

/** What a registry may be asked for, as its tokens name it. */
export type Action = 'pull' | 'pull,push' | 'delete';

/** How a registry wants to be told who asks (distribution spec, authentication). */
type Challenge = { scheme: 'basic' } | { scheme: 'bearer'; realm: URL; service: string | undefined; scope?: string };

interface Token {
  header: string;
  renewAt: number;
  challenge: Challenge;
}

/** By the specification of tokens, where they do not say it. */
const usualSeconds = 60;

/** Who we are at a registry: what is sent along with requests. */
export class Authorization {
  /** What must be in no message. */
  readonly secrets = new Set<string>();
  private readonly known = new Map<Action, Token>();

  constructor(
    private readonly address: RepositoryAddress,
    private readonly findLogin: FindLogin,
    private readonly silentMs: number,
  ) {}

  /** Undefined before the registry has asked. */
  async header(action: Action, signal: AbortSignal): Promise<string | undefined> {
    const known = this.known.get(action);
    if (known === undefined || Date.now() < known.renewAt) return known?.header;
    return this.answer(known.challenge, action, signal);
  }

  /** What a registry wants that has refused. The login is looked up anew: a helper may have a newer one. */
  async respond(wanted: string | undefined, action: Action, signal: AbortSignal): Promise<string | undefined> {
    const challenge = readChallenge(wanted ?? '', this.address.origin);
    return challenge && this.answer(challenge, action, signal);
  }

  private async answer(challenge: Challenge, action: Action, signal: AbortSignal): Promise<string | undefined> {
    const login = await this.findLogin(this.address.host, signal);
    const token = await this.tokenFor(challenge, login, action, signal);
    if (token) this.known.set(action, { ...token, challenge });
    else this.known.delete(action);
    return token?.header;
  }

  private async tokenFor(
    challenge: Challenge,
    login: Login | undefined,
    action: Action,
    signal: AbortSignal,
  ): Promise<Omit<Token, 'challenge'> | undefined> {
    if (login && 'registryToken' in login) {
      return { header: this.secret(`Bearer ${login.registryToken}`, login.registryToken), renewAt: Infinity };
    }
    if (challenge.scheme === 'basic') {
      const header = login && 'username' in login && this.basic(login);
      return header ? { header, renewAt: Infinity } : undefined;
    }
    const asked = Date.now();
    const scope = challenge.scope ?? `repository:${this.address.path}:${action}`;
    const answer = await this.askToken(challenge, scope, login, signal);
    if (answer.statusCode !== 200) throw await Refusal.of(answer);
    const { token, seconds } = readToken(await textOf(answer));
    // Before it ends, for what is begun with it takes some time.
    return { header: this.secret(`Bearer ${token}`, token), renewAt: asked + seconds * 750 };
  }

  private askToken(
    { realm, service }: Challenge & { scheme: 'bearer' },
    scope: string,
    login: Login | undefined,
    signal: AbortSignal,
  ) {
    const fields = new URLSearchParams({ ...(service !== undefined && { service }), scope });
    if (login && 'identityToken' in login) {
      fields.set('grant_type', 'refresh_token');
      fields.set('client_id', 'volumes-for-docker');
      fields.set('refresh_token', login.identityToken);
      this.secrets.add(login.identityToken);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return send(realm, { method: 'POST', headers, body: fields.toString(), signal }, this.silentMs);
    }
    const url = new URL(realm);
    for (const [name, value] of fields) url.searchParams.set(name, value);
    const headers: Record<string, string> = login && 'username' in login ? { authorization: this.basic(login) } : {};
    return send(url, { method: 'GET', headers, signal }, this.silentMs);
  }

  private basic({ username, password }: { username: string; password: string }): string {
    const pair = Buffer.from(`${username}:${password}`).toString('base64');
    return this.secret(`Basic ${pair}`, password, pair);
  }

  private secret(header: string, ...secrets: string[]): string {
    for (const secret of secrets) if (secret) this.secrets.add(secret);
    return header;
  }
}

/** Undefined for schemes that we do not know. */
export function readChallenge(header: string, origin: string): Challenge | undefined {
  const fields = new Map<string, string>();
  for (const [, name, quoted, plain] of header.matchAll(/([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/gi)) {
    fields.set(name!.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  const realm = fields.get('realm') ?? '';
  if (/^basic\b/i.test(header)) return { scheme: 'basic' };
  if (!/^bearer\b/i.test(header) || !URL.canParse(realm)) return undefined;
  // A password is not sent in the open by one that is asked in secret.
  if (origin.startsWith('https:') && !realm.startsWith('https:')) {
    throw new LoginProblem('the registry names a token service that does not encrypt');
  }
  const scope = fields.get('scope');
  return { scheme: 'bearer', realm: new URL(realm), service: fields.get('service'), ...(scope && { scope }) };
}

function readToken(text: string): { token: string; seconds: number } {
  const { token, access_token, expires_in } = parseAnswer(text);
  const found = token || access_token;
  if (typeof found !== 'string') throw new LoginProblem('the token service has given no token');
  return { token: found, seconds: typeof expires_in === 'number' && expires_in > 0 ? expires_in : usualSeconds };
}
